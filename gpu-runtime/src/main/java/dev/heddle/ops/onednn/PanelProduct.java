package dev.heddle.ops.onednn;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * out[rows][panelRows] = x[rows][k] times a panel: BF16 inputs, row by row, and float sums. A panel
 * is {@code [k/2][panelRows][2]} BF16: each row's weights at two neighbouring k side by side, which
 * oneDNN calls BA16a32b2a with 32 rows and BA16a16b2a with 16. It is compiled when it is made, at
 * boot. Many threads may run it, each by a {@link Call} of its own.
 */
public final class PanelProduct implements AutoCloseable {
  /** The multiples that k must be of. */
  public static final int K_STEP = 32;

  private static final int BF16 = 2;
  private static final int F32 = 3;
  private static final int ROW_BY_ROW = 3;
  private static final int PANELS_OF_16 = 381;
  private static final int PANELS_OF_32 = 382;
  private static final int SCRATCHPAD_BY_CALLER = 1;
  private static final int IMPLEMENTATION = 8;
  private static final int SCRATCHPAD = 136;

  private final OneDnn library;
  private final long inputs;
  private final long weights;
  private final long outputs;
  private final long attributes;
  private final long description;
  private final long primitive;
  private final String implementation;
  private final List<Call> calls = new ArrayList<>();

  /**
   * Compiles the product.
   *
   * @param rows at least 1
   * @param panelRows 16 or 32
   * @param k a multiple of {@link #K_STEP}
   * @throws IllegalStateException if oneDNN cannot do it
   */
  public PanelProduct(OneDnn library, int rows, int panelRows, int k) {
    this.library = library;
    library.onlyThisThread();
    inputs = description(rows, k, BF16, ROW_BY_ROW);
    weights = description(k, panelRows, BF16, panelRows == 32 ? PANELS_OF_32 : PANELS_OF_16);
    outputs = description(rows, panelRows, F32, ROW_BY_ROW);
    attributes = attributes();
    MethodHandle describe =
        library.function(
            "dnnl_matmul_primitive_desc_create",
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG);
    description =
        OneDnn.made(
            "dnnl_matmul_primitive_desc_create",
            out ->
                (int)
                    describe.invokeExact(
                        out, library.engine(), inputs, weights, 0L, outputs, attributes));
    implementation = askImplementation();
    MethodHandle compile = library.function("dnnl_primitive_create", JAVA_LONG, JAVA_LONG);
    primitive =
        OneDnn.made("dnnl_primitive_create", out -> (int) compile.invokeExact(out, description));
  }

  private long description(int rows, int cols, int type, int layout) {
    MethodHandle create =
        library.function(
            "dnnl_memory_desc_create_with_tag", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment sizes = arena.allocate(JAVA_LONG, 12); // dnnl_dims_t
      sizes.setAtIndex(JAVA_LONG, 0, rows);
      sizes.setAtIndex(JAVA_LONG, 1, cols);
      return OneDnn.made(
          "dnnl_memory_desc_create_with_tag",
          out -> (int) create.invokeExact(out, 2, sizes, type, layout));
    }
  }

  private long attributes() {
    MethodHandle create = library.function("dnnl_primitive_attr_create", JAVA_LONG);
    MethodHandle set =
        library.function("dnnl_primitive_attr_set_scratchpad_mode", JAVA_LONG, JAVA_INT);
    long made = OneDnn.made("dnnl_primitive_attr_create", out -> (int) create.invokeExact(out));
    OneDnn.checked(
        "dnnl_primitive_attr_set_scratchpad_mode",
        OneDnn.status(() -> (int) set.invokeExact(made, SCRATCHPAD_BY_CALLER)));
    return made;
  }

  private String askImplementation() {
    MethodHandle ask =
        library.function("dnnl_primitive_desc_query", JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG);
    long name =
        OneDnn.made(
            "dnnl_primitive_desc_query",
            out -> (int) ask.invokeExact(description, IMPLEMENTATION, 0, out));
    return MemorySegment.ofAddress(name)
        .reinterpret(Integer.MAX_VALUE)
        .getString(0, StandardCharsets.UTF_8);
  }

  /** oneDNN's name of the code that computes it, such as {@code brg:avx512_core_bf16}. */
  public String implementation() {
    return implementation;
  }

  /** What one thread runs the product by; made at boot. */
  public Call newCall() {
    Call call = new Call();
    calls.add(call);
    return call;
  }

  /** A thread's own handles. */
  public final class Call {
    private final Arena arena = Arena.ofShared();
    private final MethodHandle setHandle =
        library.shortFunction("dnnl_memory_set_data_handle", JAVA_LONG, JAVA_LONG);
    private final MethodHandle execute =
        library.function("dnnl_primitive_execute", JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG);
    private final long stream;
    private final long x;
    private final long w;
    private final long out;
    private final long scratchpad;
    private final long arguments;

    private Call() {
      MethodHandle create = library.function("dnnl_stream_create", JAVA_LONG, JAVA_LONG, JAVA_INT);
      stream =
          OneDnn.made(
              "dnnl_stream_create",
              made -> (int) create.invokeExact(made, library.engine(), 1)); // in order
      x = memory(inputs, 0);
      w = memory(weights, 0);
      out = memory(outputs, 0);
      scratchpad = scratchpad();
      arguments = arguments();
    }

    private long memory(long layout, long address) {
      MethodHandle create =
          library.function("dnnl_memory_create", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
      return OneDnn.made(
          "dnnl_memory_create",
          made -> (int) create.invokeExact(made, layout, library.engine(), address));
    }

    private long scratchpad() {
      MethodHandle ask =
          library.longFunction("dnnl_primitive_desc_query_md", JAVA_LONG, JAVA_INT, JAVA_INT);
      MethodHandle size = library.longFunction("dnnl_memory_desc_get_size", JAVA_LONG);
      long layout = OneDnn.value(() -> (long) ask.invokeExact(description, SCRATCHPAD, 0));
      long bytes = OneDnn.value(() -> (long) size.invokeExact(layout));
      return memory(layout, arena.allocate(Math.max(bytes, 64), 64).address());
    }

    /** Pairs of an argument's number (DNNL_ARG_...) and its memory. */
    private long arguments() {
      int[] numbers = {1, 33, 17, 80}; // source, weights, destination, scratchpad
      long[] memories = {x, w, out, scratchpad};
      MemorySegment pairs = arena.allocate(16L * numbers.length, 8);
      for (int i = 0; i < numbers.length; i++) {
        pairs.set(JAVA_INT, 16L * i, numbers[i]);
        pairs.set(JAVA_LONG, 16L * i + 8, memories[i]);
      }
      return pairs.address();
    }

    /**
     * Multiplies; allocates nothing. Arguments are addresses of memory that is as large as the
     * product's layouts, which nobody checks.
     */
    public void run(long inputAddress, long panelAddress, long outputAddress) {
      library.onlyThisThread();
      try {
        int status =
            (int) setHandle.invokeExact(x, inputAddress)
                | (int) setHandle.invokeExact(w, panelAddress)
                | (int) setHandle.invokeExact(out, outputAddress)
                | (int) execute.invokeExact(primitive, stream, 4, arguments);
        OneDnn.checked("a product", status);
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException("a product of oneDNN failed", e);
      }
    }

    private void close() {
      for (long memory : new long[] {x, w, out, scratchpad}) {
        library.destroy("dnnl_memory_destroy", memory);
      }
      library.destroy("dnnl_stream_destroy", stream);
      arena.close();
    }
  }

  /** Not while a call runs. */
  @Override
  public void close() {
    calls.forEach(Call::close);
    calls.clear();
    library.destroy("dnnl_primitive_destroy", primitive);
    library.destroy("dnnl_primitive_desc_destroy", description);
    library.destroy("dnnl_primitive_attr_destroy", attributes);
    for (long layout : new long[] {inputs, weights, outputs}) {
      library.destroy("dnnl_memory_desc_destroy", layout);
    }
  }
}
