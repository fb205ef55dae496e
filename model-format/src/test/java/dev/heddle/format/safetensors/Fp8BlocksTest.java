package dev.heddle.format.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.DType;
import dev.heddle.format.FolderContents;
import dev.heddle.format.MatrixData;
import dev.heddle.format.Violations;
import dev.heddle.format.Widening;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Widened weights are torch's, to the bit; tools/goldens/fp8.py made the file. */
class Fp8BlocksTest {
  private static final Path GOLDEN = Path.of(System.getProperty("heddle.repo"), "testdata", "fp8");

  @ParameterizedTest
  @CsvSource({"whole,256,128,BF16", "whole,256,128,F32", "cut,130,257,BF16", "cut,130,257,F32"})
  void every_number_times_its_scale_is_what_torch_makes_of_it(
      String name, int rows, int cols, DType dtype) {
    Violations violations = new Violations();
    FolderContents folder = FolderContents.list(GOLDEN, violations);
    try (Checkpoint checkpoint = Checkpoint.open(folder, violations, dtype)) {
      MatrixData actual = checkpoint.matrix(name + ".weight", rows, cols);
      String expected = name + "." + dtype.name().toLowerCase(Locale.ROOT);

      assertThat(actual.dtype()).isEqualTo(dtype);
      assertThat(bits(actual)).isEqualTo(bits(checkpoint.matrix(expected, rows, cols)));
    }
  }

  private static int[] bits(MatrixData matrix) {
    float[] values = Widening.toFloats(matrix);
    int[] bits = new int[values.length];
    Arrays.setAll(bits, i -> Float.floatToRawIntBits(values[i]));
    return bits;
  }
}
