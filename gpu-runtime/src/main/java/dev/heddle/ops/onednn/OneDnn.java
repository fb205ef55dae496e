package dev.heddle.ops.onednn;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The library: its functions, and its engine for the processor. Handles of the C interface are
 * longs. Loaded once a process and never unloaded. Any thread.
 *
 * @see <a href="https://uxlfoundation.github.io/oneDNN/v3.8/">oneDNN 3</a>
 */
public final class OneDnn {
  private static final int MAJOR = 3; // the C interface is stable within it
  private static final int PROCESSOR = 1;
  private static final int SEQUENTIAL = 1;
  private static final int OPENMP = 2;

  private final Linker linker = Linker.nativeLinker();
  private final SymbolLookup library;
  private final String version;
  private final @Nullable MethodHandle setThreads; // null in a build without OpenMP
  private final long engine;

  private OneDnn(SymbolLookup library) {
    this.library = library;
    version = checkedVersion();
    setThreads =
        library // finds what it was linked with, too
            .find("omp_set_num_threads")
            .map(symbol ->
                linker.downcallHandle(
                    symbol, FunctionDescriptor.ofVoid(JAVA_INT), Linker.Option.critical(false)))
            .orElse(null);
    onlyThisThread();
    MethodHandle create = function("dnnl_engine_create", JAVA_LONG, JAVA_INT, JAVA_LONG);
    engine = made("dnnl_engine_create", out -> (int) create.invokeExact(out, PROCESSOR, 0L));
  }

  /**
   * Loads the library.
   *
   * @param nameOrPath as the system's loader finds it, or an absolute path
   * @throws IllegalStateException that says what is missing, or why this one cannot be used
   */
  public static OneDnn open(String nameOrPath) {
    SymbolLookup library;
    try {
      Path path = Path.of(nameOrPath);
      library =
          path.isAbsolute()
              ? SymbolLookup.libraryLookup(path, Arena.global())
              : SymbolLookup.libraryLookup(nameOrPath, Arena.global());
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException("cannot load " + nameOrPath + ": " + e.getMessage(), e);
    }
    return new OneDnn(library);
  }

  /**
   * Has OpenMP use the calling thread alone, whose setting that is: the team shares out the work
   * already. Allocates nothing.
   */
  void onlyThisThread() {
    if (setThreads != null) {
      try {
        setThreads.invokeExact(1);
      } catch (Throwable e) {
        throw new IllegalStateException("omp_set_num_threads failed", e);
      }
    }
  }

  private String checkedVersion() {
    MemoryLayout layout =
        MemoryLayout.structLayout(
            JAVA_INT, JAVA_INT, JAVA_INT, MemoryLayout.paddingLayout(4), ADDRESS, JAVA_INT);
    MethodHandle ask =
        linker.downcallHandle(symbol("dnnl_version"), FunctionDescriptor.of(ADDRESS));
    MemorySegment told =
        value(() -> (MemorySegment) ask.invokeExact()).reinterpret(layout.byteSize());
    int major = told.getAtIndex(JAVA_INT, 0);
    String name = major + "." + told.getAtIndex(JAVA_INT, 1) + "." + told.getAtIndex(JAVA_INT, 2);
    int threading = told.get(JAVA_INT, layout.byteSize() - JAVA_INT.byteSize());
    if (major != MAJOR) {
      throw new IllegalStateException("oneDNN " + name + " has not the interface of version 3");
    }
    if (threading != SEQUENTIAL && threading != OPENMP) {
      throw new IllegalStateException(
          "oneDNN " + name + " brings threads of its own; a build for OpenMP is needed");
    }
    return name;
  }

  /** Such as 3.8.1. */
  public String version() {
    return version;
  }

  long engine() {
    return engine;
  }

  /** A function that returns a status; pointers are longs. */
  MethodHandle function(String name, MemoryLayout... arguments) {
    return linker.downcallHandle(symbol(name), FunctionDescriptor.of(JAVA_INT, arguments));
  }

  /** As {@link #function}, of one that returns at once and never waits: a cheaper call. */
  MethodHandle shortFunction(String name, MemoryLayout... arguments) {
    return linker.downcallHandle(
        symbol(name), FunctionDescriptor.of(JAVA_INT, arguments), Linker.Option.critical(false));
  }

  /** A function that returns a pointer or a size. */
  MethodHandle longFunction(String name, MemoryLayout... arguments) {
    return linker.downcallHandle(symbol(name), FunctionDescriptor.of(JAVA_LONG, arguments));
  }

  private MemorySegment symbol(String name) {
    return library
        .find(name)
        .orElseThrow(() -> new IllegalStateException("the library has no function " + name));
  }

  /** Frees what a {@code dnnl_..._create} made. */
  void destroy(String function, long handle) {
    MethodHandle destroy = function(function, JAVA_LONG);
    checked(function, status(() -> (int) destroy.invokeExact(handle)));
  }

  /** Calls a function that makes something, and returns its handle. */
  static long made(String name, Maker maker) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG);
      checked(name, status(() -> maker.make(out.address())));
      return out.get(ValueLayout.JAVA_LONG, 0);
    }
  }

  static void checked(String name, int status) {
    if (status != 0) {
      throw new IllegalStateException(name + " failed with status " + status);
    }
  }

  static int status(NativeCall<Integer> call) {
    return value(call);
  }

  static <T> T value(NativeCall<T> call) {
    try {
      return call.invoke();
    } catch (Throwable e) {
      throw new IllegalStateException("a call of oneDNN failed", e);
    }
  }

  interface NativeCall<T> {
    T invoke() throws Throwable;
  }

  interface Maker {
    int make(long out) throws Throwable;
  }
}
