import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Writes the kernels that multiply a tile of tokens by panels of weights: one class for each format
 * of weights, with one method for each shape of tile. They are all one loop. They are written out
 * because the compiler keeps accumulators in registers only if each has a name, and because a loop
 * compiles well only if its body has one way to go.
 *
 * <p>The build runs it ({@code java TileWriter.java FOLDER}); the sources go below FOLDER.
 */
final class TileWriter {
  /** Tokens and panels of the tiles whose accumulators stay in registers. */
  private static final List<Shape> SHAPES =
      List.of(
          new Shape(8, 1), new Shape(4, 2), new Shape(2, 1), new Shape(1, 4), new Shape(1, 1));

  private static final String PACKAGE = "dev.heddle.ops.vector";

  private TileWriter() {}

  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]).resolve(PACKAGE.replace('.', '/'));
    Files.createDirectories(folder);
    for (Format format : Format.values()) {
      Files.writeString(folder.resolve(format.className + ".java"), indented(source(format)));
    }
  }

  /** So many tokens times so many panels. */
  private record Shape(int tokens, int panels) {
    String name() {
      return "tile" + tokens + "x" + panels;
    }

    /** The text for each panel. */
    String panels(IntFunction<String> text) {
      return IntStream.range(0, panels).mapToObj(text).collect(Collectors.joining());
    }

    /** The text for each token. */
    String tokens(IntFunction<String> text) {
      return IntStream.range(0, tokens).mapToObj(text).collect(Collectors.joining());
    }
  }

  /** How panels hold their weights (PanelMatrix), and the loop that goes over k. */
  private enum Format {
    BF16("Bf16Tiles", 4) {
      /** Those of two neighbouring k. */
      @Override
      String weights(int p) {
        return """
            long at%1$d = w + %1$d * panelStride + VECTOR * i;
            IntVector first%1$d = %2$s;
            IntVector last%1$d = %3$s;
            FloatVector low%1$d = %4$s;
            FloatVector high%1$d = %5$s;
            FloatVector nextLow%1$d = %6$s;
            FloatVector nextHigh%1$d = %7$s;
            """
            .formatted(
                p,
                ints("at" + p),
                ints("at" + p + " + VECTOR"),
                low("first" + p),
                low("last" + p),
                high("first" + p),
                high("last" + p));
      }

      @Override
      String loop(Shape shape) {
        return """
            for (int i = 0; i < k; i += 2) {
            %s%s%s}
            """
            .formatted(
                shape.panels(this::weights),
                multiply(shape, "i", ""),
                multiply(shape, "(i + 1)", "next"));
      }
    },
    F32("F32Tiles", 4) {
      @Override
      String weights(int p) {
        return """
            long at%1$d = w + %1$d * panelStride + 2 * VECTOR * i;
            FloatVector low%1$d = %2$s;
            FloatVector high%1$d = %3$s;
            """
            .formatted(p, floats("at" + p), floats("at" + p + " + VECTOR"));
      }
    },
    INT8("Int8Tiles", 2) {
      /** A block's scales, which the 23 bits of a float's fraction turn codes into weights with. */
      private String scales(int p) {
        return """
            long block%1$d = w + %1$d * panelStride + PanelMatrix.INT8_BLOCK_BYTES * (b / 32);
            IntVector scales%1$d = %2$s;
            FloatVector lowScale%1$d = %3$s;
            FloatVector lowZero%1$d = lowScale%1$d.mul(LOW_ZERO);
            FloatVector highScale%1$d = %4$s.mul(HIGH_UNIT);
            FloatVector highZero%1$d = highScale%1$d.mul(HIGH_ZERO);
            """
            .formatted(p, ints("block" + p), low("scales" + p), high("scales" + p));
      }

      /** Those of two neighbouring k. */
      @Override
      String weights(int p) {
        return """
            IntVector codes%1$d = %2$s;
            FloatVector low%1$d = %3$s.fma(lowScale%1$d, lowZero%1$d);
            FloatVector high%1$d = %4$s.fma(highScale%1$d, highZero%1$d);
            IntVector next%1$d = codes%1$d.lanewise(VectorOperators.LSHR, 16);
            FloatVector nextLow%1$d = %5$s.fma(lowScale%1$d, lowZero%1$d);
            FloatVector nextHigh%1$d = %6$s.fma(highScale%1$d, highZero%1$d);
            """
            .formatted(
                p,
                ints("block%d + VECTOR + VECTOR / 2 * (i - b)".formatted(p)),
                lowCode("codes" + p),
                highCode("codes" + p),
                lowCode("next" + p),
                highCode("next" + p));
      }

      @Override
      String loop(Shape shape) {
        return """
            for (int b = 0; b < k; b += 32) {
            %sint end = Math.min(k, b + 32);
            for (int i = b; i < end; i += 2) {
            %s%s%s}
            }
            """
            .formatted(
                shape.panels(this::scales),
                shape.panels(this::weights),
                multiply(shape, "i", ""),
                multiply(shape, "(i + 1)", "next"));
      }
    };

    private final String className;

    /** The tile of two tokens and several panels: as many as the compiler takes. */
    private final Shape pair;

    Format(String className, int panels) {
      this.className = className;
      pair = new Shape(2, panels);
    }

    private Stream<Shape> shapes() {
      return Stream.concat(SHAPES.stream(), Stream.of(pair));
    }

    /** Panel p's weights at k = i, as floats: those of its first rows, and of its last. */
    abstract String weights(int p);

    /** Adds the products of all k to the accumulators. */
    String loop(Shape shape) {
      return """
          for (int i = 0; i < k; i++) {
          %s%s}
          """
          .formatted(shape.panels(this::weights), multiply(shape, "i", ""));
    }

    /** Adds the products of one k. */
    private static String multiply(Shape shape, String k, String prefix) {
      String low = prefix.isEmpty() ? "low" : prefix + "Low";
      String high = prefix.isEmpty() ? "high" : prefix + "High";
      return shape.tokens(t -> {
        String input = prefix + "x" + t;
        String load =
            "FloatVector %s = FloatVector.broadcast(F, ALL.get(FLOAT, x + %dL * %s + %d));\n"
                .formatted(input, 4 * shape.tokens(), k, 4 * t);
        return load
            + shape.panels(p ->
                """
                l%1$d%2$s = %4$s%3$d.fma(%6$s, l%1$d%2$s);
                h%1$d%2$s = %5$s%3$d.fma(%6$s, h%1$d%2$s);
                """
                    .formatted(t, letter(p), p, low, high, input));
      });
    }
  }

  // What Lanes has as methods, written out: the compiler stops to inline methods into a method of
  // this size, but for those of the JDK that are marked; and a vector passed to a call is an object.

  private static String floats(String address) {
    return "FloatVector.fromMemorySegment(F, ALL, " + address + ", ORDER)";
  }

  private static String ints(String address) {
    return "IntVector.fromMemorySegment(I, ALL, " + address + ", ORDER)";
  }

  /** The low halves of ints, each a BF16. */
  private static String low(String pair) {
    return pair + ".lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats()";
  }

  /** The high halves of ints, each a BF16. */
  private static String high(String pair) {
    return pair + ".and(HIGH_HALF).reinterpretAsFloats()";
  }

  /**
   * The low bytes of ints, each a code of int8, as floats: 2^23 + code. A code's bits become the last
   * bits of the fraction.
   */
  private static String lowCode(String codes) {
    return codes + ".and(0xFF).or(CODE_EXPONENT).reinterpretAsFloats()";
  }

  /** The second bytes of ints, each a code of int8, as floats: 2^23 + 256 * code. */
  private static String highCode(String codes) {
    return codes + ".and(0xFF00).or(CODE_EXPONENT).reinterpretAsFloats()";
  }

  private static char letter(int panel) {
    return (char) ('a' + panel);
  }

  private static String source(Format format) {
    return """
        package %1$s;

        import static %1$s.Lanes.*;

        import jdk.incubator.vector.FloatVector;
        import jdk.incubator.vector.IntVector;
        import jdk.incubator.vector.VectorOperators;

        /**
         * Products of a tile of tokens and panels of %2$s weights; written by TileWriter. The tile's
         * inputs x are [k][tokens] floats. The results of a token are neighbours: the panels' rows in
         * order; tokens are outStride bytes apart.
         */
        final class %3$s {
          private %3$s() {}

        %4$s}
        """
        .formatted(
            PACKAGE,
            format,
            format.className,
            format.shapes().map(shape -> method(format, shape)).collect(Collectors.joining("\n")));
  }

  private static String method(Format format, Shape shape) {
    return """
        static void %s(
            long w, long panelStride, int k, long x, long out, long outStride) {
        %s%s%s}
        """
        .formatted(
            shape.name(),
            shape.tokens(t -> shape.panels(p ->
                "FloatVector l%1$d%2$s = FloatVector.zero(F);\nFloatVector h%1$d%2$s = FloatVector.zero(F);\n"
                    .formatted(t, letter(p)))),
            format.loop(shape),
            shape.tokens(t -> shape.panels(p -> stores(t, p))));
  }

  private static String stores(int token, int panel) {
    return """
        l%1$d%2$s.intoMemorySegment(ALL, out + %1$d * outStride + %3$d * VECTOR, ORDER);
        h%1$d%2$s.intoMemorySegment(ALL, out + %1$d * outStride + %4$d * VECTOR, ORDER);
        """
        .formatted(token, letter(panel), 2 * panel, 2 * panel + 1);
  }

  /** Two spaces for each brace that is open. */
  private static String indented(String source) {
    StringBuilder out = new StringBuilder();
    int depth = 0;
    for (String line : source.lines().toList()) {
      depth -= line.startsWith("}") ? 1 : 0;
      out.append(line.isBlank() ? "" : "  ".repeat(depth) + line).append('\n');
      depth += line.endsWith("{") ? 1 : 0;
    }
    return out.toString();
  }
}
