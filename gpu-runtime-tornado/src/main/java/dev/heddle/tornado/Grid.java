package dev.heddle.tornado;

/**
 * How many work-groups a task has, by the live number of rows, so that a batch of another size
 * needs no other kernel.
 *
 * @param count index of the live number in the int arena, or -1 for one work-group
 * @param perCount rows for each of the live number
 * @param tile rows of a tile
 * @param extra tiles that are begun but not full, at most; tiles are never more than rows
 * @param units of a tile
 * @param unitsPerGroup units that one work-group does
 * @param local work-items of a work-group
 */
record Grid(int count, int perCount, int tile, int extra, int units, int unitsPerGroup, int local) {
  /** One work-group. */
  static Grid single(int local) {
    return new Grid(-1, 0, 1, 0, 1, 1, local);
  }

  /** A work-item for each of a row's {@code elements}. */
  static Grid elements(int count, int perCount, int elements, int local) {
    return new Grid(count, perCount, 1, 0, elements, local, local);
  }

  /** {@code units} work-groups a tile of consecutive rows. */
  static Grid tiles(int count, int tile, int units, int local) {
    return new Grid(count, 1, tile, 0, units, 1, local);
  }

  /** Work-groups for {@code live} rows; at least one, since a device takes no empty range. */
  long groups(int live) {
    long rows = (long) live * perCount;
    long tiles = Math.min(rows, Math.ceilDiv(rows, tile) + extra);
    return Math.max(1, Math.ceilDiv(tiles * units, unitsPerGroup));
  }
}
