package dev.heddle.it;

import dev.heddle.ops.Ops;
import dev.heddle.ops.OpsFactory;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands in for an accelerator: the vector backend, whose every step takes a stated time at least,
 * of which the processor sleeps what is left. So several engines on one machine do not compete as
 * long as they compute little.
 */
final class TimedOps implements InvocationHandler {
  private static final String STEP = "heddle.it.step";

  private final Ops computing;
  private final long nanos;
  private long began;

  private TimedOps(Ops computing, long nanos) {
    this.computing = computing;
    this.nanos = nanos;
  }

  /**
   * Options of a JVM whose backend {@code vector} it then is.
   *
   * @param folder empty, for what has to be on the class path
   * @param millis what a step takes
   */
  static String[] options(Path folder, int millis) throws IOException {
    Path services = Files.createDirectories(folder.resolve("META-INF/services"));
    Files.writeString(
        services.resolve(OpsFactory.class.getName()),
        Factory.class.getName(),
        StandardCharsets.US_ASCII);
    return new String[] {
      "-Xbootclasspath/a:" + folder, "-D" + STEP + "=" + millis, "--heddle.engine.backend=vector"
    };
  }

  @Override
  public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
    if (method.getName().equals("beginPass")) {
      began = System.nanoTime();
    }
    try {
      return method.invoke(computing, arguments);
    } catch (InvocationTargetException e) {
      throw e.getTargetException();
    } finally {
      if (method.getName().equals("endPass")) {
        TimeUnit.NANOSECONDS.sleep(began + nanos - System.nanoTime());
      }
    }
  }

  /** Found before the backend that it wraps, under the same name. */
  public static final class Factory implements OpsFactory {
    /** The first is compared with the scalar backend, and is not to be slow at that. */
    private static final AtomicInteger MADE = new AtomicInteger();

    private final OpsFactory computing =
        ServiceLoader.load(OpsFactory.class).stream()
            .filter(provider -> provider.type() != Factory.class)
            .map(ServiceLoader.Provider::get)
            .filter(factory -> factory.name().equals("vector"))
            .findFirst()
            .orElseThrow();

    @Override
    public String name() {
      return computing.name();
    }

    @Override
    public Speed speed() {
      return computing.speed();
    }

    @Override
    public String obstacle() {
      return computing.obstacle();
    }

    @Override
    public String uses() {
      return "a timed stand-in: " + Integer.getInteger(STEP) + " ms a step";
    }

    @Override
    public Ops create(int threads) {
      Ops ops = computing.create(threads);
      long nanos = TimeUnit.MILLISECONDS.toNanos(Integer.getInteger(STEP));
      return MADE.getAndIncrement() == 0
          ? ops
          : (Ops)
              Proxy.newProxyInstance(
                  Ops.class.getClassLoader(), new Class<?>[] {Ops.class}, new TimedOps(ops, nanos));
    }
  }
}
