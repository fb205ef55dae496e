package dev.heddle.ops.vector;

/**
 * How rows of activations are cut into the tiles of tokens that kernels take: as many of 8 as there
 * are, then one of 8, 4, 2 or 1 for the rest; a tile's surplus tokens are copies whose results are
 * dropped. A packed tile is interleaved, {@code [K][tokens of the tile]}.
 */
final class TokenTiles {
  static final int FULL = 8;
  private static final int HALF = 4;
  private static final int PAIR = 2;

  private TokenTiles() {}

  /** Tokens of the tile that {@code live} &ge; 1 remaining tokens start. */
  static int size(int live) {
    return live > HALF ? FULL : live > PAIR ? HALF : live;
  }

  /** Tiles of so many tokens. */
  static int count(int tokens) {
    return Math.ceilDiv(tokens, FULL);
  }

  /** Room for tokens, surplus ones included. */
  static int padded(int tokens) {
    int rest = tokens % FULL;
    return tokens - rest + (rest == 0 ? 0 : size(rest));
  }

  /**
   * Packs columns {@code from} to {@code to} of a tile.
   *
   * @param rows addresses of the tile's rows; the first {@code live} are read
   * @param target address of column 0 of the packed tile
   */
  static void pack(long[] rows, int live, int from, int to, long target) {
    int size = size(live);
    for (int i = live; i < size; i++) {
      rows[i] = rows[0];
    }
    switch (size) {
      case FULL -> packFull(rows, from, to, target);
      case HALF -> packHalf(rows, from, to, target);
      case PAIR -> packPair(rows, from, to, target);
      default -> Lanes.copy(rows[0] + 4L * from, target + 4L * from, 4L * (to - from));
    }
  }

  private static void packFull(long[] rows, int from, int to, long target) {
    long r0 = rows[0];
    long r1 = rows[1];
    long r2 = rows[2];
    long r3 = rows[3];
    long r4 = rows[4];
    long r5 = rows[5];
    long r6 = rows[6];
    long r7 = rows[7];
    for (int k = from; k < to; k++) {
      long column = 4L * k;
      long at = target + 32L * k;
      Lanes.setLong(at, Lanes.pair(r0 + column, r1 + column));
      Lanes.setLong(at + 8, Lanes.pair(r2 + column, r3 + column));
      Lanes.setLong(at + 16, Lanes.pair(r4 + column, r5 + column));
      Lanes.setLong(at + 24, Lanes.pair(r6 + column, r7 + column));
    }
  }

  private static void packHalf(long[] rows, int from, int to, long target) {
    long r0 = rows[0];
    long r1 = rows[1];
    long r2 = rows[2];
    long r3 = rows[3];
    for (int k = from; k < to; k++) {
      long column = 4L * k;
      long at = target + 16L * k;
      Lanes.setLong(at, Lanes.pair(r0 + column, r1 + column));
      Lanes.setLong(at + 8, Lanes.pair(r2 + column, r3 + column));
    }
  }

  private static void packPair(long[] rows, int from, int to, long target) {
    long r0 = rows[0];
    long r1 = rows[1];
    for (int k = from; k < to; k++) {
      Lanes.setLong(target + 8L * k, Lanes.pair(r0 + 4L * k, r1 + 4L * k));
    }
  }
}
