package dev.heddle.ops;

import dev.heddle.format.DType;
import dev.heddle.format.MatrixData;
import java.util.List;

/** How a backend keeps the weights of a linear layer. */
public enum WeightFormat {
  BF16,
  F32,
  /** Integers of 8 bits with a scale for each block of {@link Int8Blocks#SIZE}. */
  INT8;

  /** As weights are stored: BF16 and F32 are kept as they are, F16 is widened to F32. */
  public static WeightFormat stored(DType dtype) {
    return dtype == DType.BF16 ? BF16 : F32;
  }

  /** As weights are stored, of parts that become one matrix. */
  public static WeightFormat stored(List<MatrixData> parts) {
    return parts.stream().allMatch(part -> part.dtype() == DType.BF16) ? BF16 : F32;
  }

  /** Bytes that so many weights take, padding left out. */
  public long bytes(long elements) {
    return switch (this) {
      case BF16 -> 2 * elements;
      case F32 -> 4 * elements;
      case INT8 -> elements + 2 * Math.ceilDiv(elements, Int8Blocks.SIZE);
    };
  }
}
