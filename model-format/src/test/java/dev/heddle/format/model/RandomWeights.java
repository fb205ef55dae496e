package dev.heddle.format.model;

import dev.heddle.format.DType;
import dev.heddle.format.safetensors.ElementType;
import dev.heddle.format.safetensors.SafetensorsWriter.Content;
import dev.heddle.format.safetensors.SafetensorsWriter.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Random tensors whose scale lets activations neither vanish nor blow up: uniform with variance
 * 1/columns for a matrix, near 1 for a norm, near 0 for a bias. A function of seed and name.
 */
public final class RandomWeights {
  private static final int CHUNK_ELEMENTS = 1 << 14;

  private RandomWeights() {}

  /** A tensor to write. */
  public static Tensor tensor(String name, List<Integer> shape, DType dtype, long seed) {
    boolean norm = name.endsWith("norm.weight");
    double deviation = 0.1;
    if (shape.size() == 2) {
      deviation = name.endsWith("embed_tokens.weight") ? 1 : 1 / Math.sqrt(shape.getLast());
    }
    float centre = norm ? 1 : 0;
    float width = (float) (deviation * Math.sqrt(12));
    long elements = shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    long state = mix(mix(seed) + name.hashCode());
    return new Tensor(
        name,
        ElementType.valueOf(dtype.name()),
        shape,
        content(dtype, elements, centre, width, state));
  }

  private static Content content(
      DType dtype, long elements, float centre, float width, long state) {
    return out -> {
      ByteBuffer chunk =
          ByteBuffer.allocate(CHUNK_ELEMENTS * dtype.bytes()).order(ByteOrder.LITTLE_ENDIAN);
      for (long at = 0; at < elements; at += CHUNK_ELEMENTS) {
        chunk.clear();
        int count = (int) Math.min(CHUNK_ELEMENTS, elements - at);
        for (int i = 0; i < count; i++) {
          float uniform = (mix(state + at + i) >>> 40) * 0x1p-24f;
          put(chunk, dtype, centre + (uniform - 0.5f) * width);
        }
        out.write(chunk.array(), 0, chunk.position());
      }
    };
  }

  private static void put(ByteBuffer chunk, DType dtype, float value) {
    switch (dtype) {
      case BF16 -> chunk.putShort((short) ((Float.floatToRawIntBits(value) + 0x8000) >>> 16));
      case F16 -> chunk.putShort(Float.floatToFloat16(value));
      case F32 -> chunk.putFloat(value);
    }
  }

  /** SplitMix64's output function (Steele, Lea, Flood 2014). */
  private static long mix(long counter) {
    long z = counter * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
