package dev.heddle.format;

/** Element types that weights are stored in, as safetensors names them. */
public enum DType {
  BF16(2),
  F16(2),
  F32(4);

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }
}
