package dev.heddle.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Int8BlocksTest {
  @Test
  void a_weight_moves_by_half_a_scale_at_most() {
    Random random = new Random(1);
    for (int round = 0; round < 1000; round++) {
      float[] row = new float[Int8Blocks.SIZE];
      float largest = 0;
      for (int i = 0; i < row.length; i++) {
        row[i] = (float) random.nextGaussian() * (float) Math.pow(2, random.nextInt(-40, 40));
        largest = Math.max(largest, Math.abs(row[i]));
      }
      float[] rounded = row.clone();
      Int8Blocks.round(rounded);
      float scale = Int8Blocks.scale(largest);
      assertThat(scale).isBetween(largest / 127f, largest / 127f * (1 + 0x1p-6f));
      for (int i = 0; i < row.length; i++) {
        assertThat(Math.abs(rounded[i] - row[i])).isLessThanOrEqualTo(scale / 2);
      }
    }
  }

  /**
   * What kernels rely on: the product of code and scale, and all that they make it of, is exact.
   */
  @Test
  void a_scale_has_seven_significant_bits() {
    Random random = new Random(2);
    for (int round = 0; round < 1000; round++) {
      float scale = Int8Blocks.scale(random.nextFloat() * 3f);
      assertThat(Float.floatToRawIntBits(scale) & 0x1FFFF).isZero();
      for (int q = -127; q <= 127; q++) {
        assertThat((double) (q * scale)).isEqualTo((double) q * scale);
      }
      float zero = scale * -(0x1p23f + 128);
      assertThat((double) zero).isEqualTo((double) scale * -(0x1p23f + 128));
    }
  }

  @Test
  void each_block_has_its_own_scale_the_last_one_too() {
    float[] row = new float[Int8Blocks.SIZE + 2];
    row[0] = 127f;
    row[1] = 0.4f;
    row[Int8Blocks.SIZE] = 0.25f;
    Int8Blocks.round(row);
    assertThat(row[0]).isEqualTo(127f);
    assertThat(row[1]).isZero();
    assertThat(row[Int8Blocks.SIZE]).isEqualTo(0.25f, within(0.002f));
  }

  private static org.assertj.core.data.Offset<Float> within(float offset) {
    return org.assertj.core.data.Offset.offset(offset);
  }

  @Test
  void weights_too_small_to_count_are_zeros() {
    float[] row = {0x1p-98f, -0x1p-99f, 0f, Float.MIN_VALUE};
    Int8Blocks.round(row);
    assertThat(row).containsExactly(0f, 0f, 0f, 0f);
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, 0x1p101f})
  void what_is_no_weight_is_refused(float value) {
    assertThatThrownBy(() -> Int8Blocks.round(new float[] {1f, value}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("does not fit int8");
  }
}
