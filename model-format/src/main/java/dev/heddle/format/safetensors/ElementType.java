package dev.heddle.format.safetensors;

import dev.heddle.format.DType;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Every element type that the safetensors format knows, by the format's own name. */
public enum ElementType {
  BOOL(8, null),
  F4(4, null),
  F6_E2M3(6, null),
  F6_E3M2(6, null),
  U8(8, null),
  I8(8, null),
  F8_E5M2(8, null),
  F8_E4M3(8, null),
  F8_E8M0(8, null),
  F8_E4M3FNUZ(8, null),
  F8_E5M2FNUZ(8, null),
  I16(16, null),
  U16(16, null),
  F16(16, DType.F16),
  BF16(16, DType.BF16),
  I32(32, null),
  U32(32, null),
  F32(32, DType.F32),
  C64(64, null),
  F64(64, null),
  I64(64, null),
  U64(64, null);

  private final int bits;
  private final @Nullable DType weights;

  ElementType(int bits, @Nullable DType weights) {
    this.bits = bits;
    this.weights = weights;
  }

  /** Bits of one element. */
  public int bits() {
    return bits;
  }

  /** The same as a type of weights; empty for types that weights cannot have. */
  public Optional<DType> weights() {
    return Optional.ofNullable(weights);
  }

  static @Nullable ElementType find(String name) {
    for (ElementType type : values()) {
      if (type.name().equals(name)) {
        return type;
      }
    }
    return null;
  }
}
