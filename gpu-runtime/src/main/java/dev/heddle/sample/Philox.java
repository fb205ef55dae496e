package dev.heddle.sample;

/**
 * Random numbers as a pure function of key and counter: Philox4x32-10 (Salmon, Moraes, Dror, Shaw:
 * "Parallel random numbers: as easy as 1, 2, 3", SC 2011), so that a draw does not depend on what
 * was drawn before or beside it.
 */
final class Philox {
  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_1 = 0xCD9E8D57L;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;
  private static final int ROUNDS = 10;
  private static final long LOW = 0xFFFFFFFFL;

  private Philox() {}

  /** The number of this (seed, choice, position): uniform in [0, 1), a multiple of 2^-53. */
  static double uniform(long seed, int choice, int position) {
    long bits = firstWords(position, choice, 0, 0, (int) seed, (int) (seed >>> 32));
    return (bits >>> 11) * 0x1.0p-53;
  }

  /** The first two of the four words for a counter and a key: word 0 below word 1. */
  static long firstWords(int c0, int c1, int c2, int c3, int k0, int k1) {
    for (int round = 0; round < ROUNDS; round++) {
      long p0 = MULTIPLIER_0 * (c0 & LOW);
      long p1 = MULTIPLIER_1 * (c2 & LOW);
      c0 = (int) (p1 >>> 32) ^ c1 ^ k0;
      c1 = (int) p1;
      c2 = (int) (p0 >>> 32) ^ c3 ^ k1;
      c3 = (int) p0;
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
    return (c0 & LOW) | ((c1 & LOW) << 32);
  }
}
