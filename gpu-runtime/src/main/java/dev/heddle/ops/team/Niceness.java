package dev.heddle.ops.team;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads to which the system gives a tenth of the share of others, while these want the processors
 * too; otherwise all they can use. Java's own priorities do nothing on Linux.
 */
public final class Niceness {
  private static final Logger log = LoggerFactory.getLogger(Niceness.class);

  /** 110 to the 1024 of an ordinary thread, by the weights of Linux. */
  private static final int NICE = 10;

  private static final int CALLING_THREAD = 0; // of PRIO_PROCESS, which is 0 too
  private static final @Nullable MethodHandle SET_PRIORITY = setPriority();

  private Niceness() {}

  private static @Nullable MethodHandle setPriority() {
    Linker linker = Linker.nativeLinker();
    FunctionDescriptor type =
        FunctionDescriptor.of(
            ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    return "Linux".equals(System.getProperty("os.name"))
        ? linker
            .defaultLookup()
            .find("setpriority")
            .map(symbol -> linker.downcallHandle(symbol, type))
            .orElse(null)
        : null;
  }

  /** Makes threads as another factory does, which give way to others where the system can. */
  public static ThreadFactory factory(ThreadFactory threads) {
    return work ->
        threads.newThread(() -> {
          lower();
          work.run();
        });
  }

  private static void lower() {
    if (SET_PRIORITY == null) {
      return;
    }
    try {
      int result = (int) SET_PRIORITY.invokeExact(CALLING_THREAD, CALLING_THREAD, NICE);
      if (result != 0) {
        log.debug("the system does not let a thread give way");
      }
    } catch (Throwable e) { // it is a kindness, nothing that work may fail for
      log.debug("a thread cannot give way", e);
    }
  }
}
