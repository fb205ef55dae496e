package dev.heddle.runtime;

import dev.heddle.sample.TokenMask;
import java.util.Arrays;

/** At some places one token is dictated, at the others any may come: a function of the place. */
final class DictatingMask implements TokenMask {
  private final int vocabulary;
  private final int seed;
  private final boolean told;
  private int place;

  /**
   * @param told whether the engine is told what is dictated, so that it need not draw it
   */
  DictatingMask(int vocabulary, int seed, boolean told) {
    this(vocabulary, seed, told, 0);
  }

  private DictatingMask(int vocabulary, int seed, boolean told, int place) {
    this.vocabulary = vocabulary;
    this.seed = seed;
    this.told = told;
    this.place = place;
  }

  /** -1 where nothing is. */
  private int dictated() {
    int mixed = (place * 31 + seed) * 0x9E3779B1 >>> 8;
    return mixed % 4 == 0 ? -1 : mixed % vocabulary;
  }

  @Override
  public long[] allowed() {
    long[] allowed = new long[Math.ceilDiv(vocabulary, 64)];
    int only = dictated();
    if (only < 0) {
      Arrays.fill(allowed, -1);
    } else {
      allowed[only >> 6] = 1L << only;
    }
    return allowed;
  }

  @Override
  public void accept(int token) {
    place++;
  }

  @Override
  public int forced() {
    return told ? dictated() : -1;
  }

  @Override
  public TokenMask copy() {
    return new DictatingMask(vocabulary, seed, told, place);
  }
}
