package dev.heddle.app.bench;

import dev.heddle.sample.TokenMask;
import java.util.concurrent.atomic.LongAdder;

/** A mask that adds up how long the step thread spends in it. */
final class TimedMask implements TokenMask {
  private final TokenMask mask;
  private final LongAdder nanos;

  TimedMask(TokenMask mask, LongAdder nanos) {
    this.mask = mask;
    this.nanos = nanos;
  }

  @Override
  public long[] allowed() {
    long start = System.nanoTime();
    try {
      return mask.allowed();
    } finally {
      nanos.add(System.nanoTime() - start);
    }
  }

  @Override
  public void accept(int token) {
    long start = System.nanoTime();
    mask.accept(token);
    nanos.add(System.nanoTime() - start);
  }

  @Override
  public int forced() {
    long start = System.nanoTime();
    int forced = mask.forced();
    nanos.add(System.nanoTime() - start);
    return forced;
  }

  @Override
  public boolean ended() {
    return mask.ended();
  }

  @Override
  public TokenMask copy() {
    return new TimedMask(mask.copy(), nanos);
  }
}
