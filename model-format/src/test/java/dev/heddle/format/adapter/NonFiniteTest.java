package dev.heddle.format.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.DType;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NonFiniteTest {
  private static float element(ByteBuffer data, DType dtype, int i) {
    return switch (dtype) {
      case BF16 -> Float.intBitsToFloat(data.getShort(2 * i) << 16);
      case F16 -> Float.float16ToFloat(data.getShort(2 * i));
      case F32 -> data.getFloat(4 * i);
    };
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void a_scan_finds_what_a_look_at_every_element_finds(DType dtype) {
    for (long seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      int elements = random.nextInt(40);
      byte[] bytes = new byte[elements * dtype.bytes()];
      random.nextBytes(bytes);
      ByteBuffer data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < elements; i++) {
        if (random.nextInt(8) == 0) {
          boolean negative = random.nextBoolean();
          data.put((i + 1) * dtype.bytes() - 1, (byte) (negative ? 0xFF : 0x7F));
        }
      }
      long count = 0;
      long first = -1;
      for (int i = elements - 1; i >= 0; i--) {
        if (!Float.isFinite(element(data, dtype, i))) {
          count++;
          first = i;
        }
      }
      assertThat(NonFinite.scan(MemorySegment.ofArray(bytes), dtype))
          .as("seed %d", seed)
          .isEqualTo(new NonFinite(count, first));
    }
  }

  @Test
  void every_bf16_value_is_classified() {
    ByteBuffer all = ByteBuffer.allocate(1 << 17).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 1 << 16; i++) {
      all.putShort((short) i);
    }
    assertThat(NonFinite.scan(MemorySegment.ofArray(all.array()), DType.BF16))
        .isEqualTo(new NonFinite(256, 0x7F80));
    assertThat(NonFinite.scan(MemorySegment.ofArray(all.array()), DType.F16))
        .isEqualTo(new NonFinite(2048, 0x7C00));
  }
}
