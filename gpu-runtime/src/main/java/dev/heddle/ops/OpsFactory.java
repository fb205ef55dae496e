package dev.heddle.ops;

import org.jspecify.annotations.Nullable;

/** Makes a backend. Factories are found by {@link java.util.ServiceLoader}. */
public interface OpsFactory {
  /** What a backend computes with, the fastest first. */
  enum Speed {
    /** A device, which may have memory of its own. */
    ACCELERATOR,
    /** The processor's vector units. */
    SIMD,
    /** One number at a time: the backend that others are compared with. */
    SCALAR
  }

  /** The backend's name, as {@code --backend} takes it. */
  String name();

  Speed speed();

  /** Whether it can keep weights so. */
  default boolean keeps(Precision precision) {
    return true;
  }

  /** What stands in its way on this machine, in words for the operator; null if nothing does. */
  @Nullable String obstacle();

  /** Whether {@link OpsProvider#AUTO} may choose it; asked only where nothing stands in its way. */
  default boolean isAutomatic() {
    return true;
  }

  /**
   * How far results may be from the scalar backend's: squared error over squared result, 0 for to
   * the bit.
   */
  default double tolerance() {
    return 0;
  }

  /** What it uses here, for the log: the width of vectors, a device. */
  String uses();

  /** A backend of its own memory and threads. */
  Ops create(int threads);
}
