package dev.heddle.tornado;

/**
 * What the device allows.
 *
 * @param name of the device
 * @param memory bytes it has
 * @param maxBuffer bytes of one buffer at most
 * @param maxSlab bytes of one buffer of weights or keys at most, which are in as many as it takes
 * @param sizes of work-groups
 */
record DeviceLimits(String name, long memory, long maxBuffer, long maxSlab, DeviceClass sizes) {
  /** Elements of one array: kernels count in ints, and go in strides beyond the end. */
  static final int MAX_ELEMENTS = Integer.MAX_VALUE - (1 << 20);

  /** Elements of four bytes that one buffer may have. */
  int maxElements() {
    return (int) Math.min(MAX_ELEMENTS, maxBuffer / 4);
  }

  /** Elements of four bytes that one buffer of weights or keys may have. */
  int slabElements() {
    return (int) Math.min(maxElements(), maxSlab / 4);
  }
}
