package dev.heddle.ops.vector;

import dev.heddle.ops.team.WorkerTeam;

/**
 * Attention over one cache. An item is a unit of query rows and all its keys; a unit that alone has
 * more than a worker's share of the keys (one long sequence in decode) is worked on by all workers:
 * scores by tiles, then the running softmax, then outputs by columns. Either way every sum is the
 * same chain.
 */
final class PagedAttention {
  private static final int WORTH_SPLITTING_KEYS = 128;
  private static final long WINDOW_BYTES =
      1 << 20; // of keys: they are read twice, once from memory

  private final Workers workers;
  private final KeyValueRows cache;
  private final AttentionInputs in;
  private final Scratch scratch;
  private final AttentionUnit[] units;
  private final AttentionUnit shared;
  private final int windowTiles;
  private final int columnParts;
  private final WorkerTeam.Task unitTask = this::unitItem;
  private final WorkerTeam.Task scoreTask = this::scoreItem;
  private final WorkerTeam.Task columnTask = this::columnItem;

  // The attention in progress, and the window of tiles in the shared unit.
  private int count;
  private long splitAbove;
  private int firstTile;
  private int lastTile;

  PagedAttention(Workers workers, KeyValueRows cache) {
    this.workers = workers;
    this.cache = cache;
    in = new AttentionInputs(cache);
    windowTiles = (int) Math.max(4, WINDOW_BYTES / cache.blockBytes());
    columnParts = Math.clamp(cache.value() / AttentionTiles.ROWS, 1, workers.count() * 2);
    scratch = new Scratch(workers.count() + 1);
    scratch.ensure(AttentionUnit.bytes(cache, windowTiles));
    units = new AttentionUnit[workers.count()];
    for (int i = 0; i < units.length; i++) {
      units[i] = new AttentionUnit(in, cache, scratch.of(i));
    }
    shared = new AttentionUnit(in, cache, scratch.of(units.length));
  }

  /** The arguments, to be set before {@link #run}. */
  AttentionInputs inputs() {
    return in;
  }

  void run(int tokens) {
    long keys = in.cut(tokens);
    count = in.units();
    splitAbove =
        workers.count() == 1
            ? Long.MAX_VALUE
            : Math.max(WORTH_SPLITTING_KEYS, keys / workers.count());
    for (int unit = 0; unit < count; unit++) {
      if (in.unitKeys(unit) > splitAbove) {
        split(unit);
      }
    }
    workers.run(unitTask, count, keys * 2L * cache.width() * AttentionTiles.ROWS / 8);
  }

  /** Later units have more keys in a prompt: they go first, so that short ones fill the end. */
  private void unitItem(int worker, int item) {
    int index = count - 1 - item;
    if (in.unitKeys(index) > splitAbove) {
      return;
    }
    AttentionUnit unit = units[worker];
    unit.begin(index);
    for (int tile = unit.firstTile(); tile < unit.endTile(); tile++) {
      unit.score(tile, unit.tiles);
      unit.softmax(tile, unit.tiles);
      unit.accumulate(tile, unit.tiles, 0, cache.value());
    }
    unit.finish();
  }

  private void split(int unit) {
    shared.begin(unit);
    int tiles = shared.endTile();
    for (firstTile = shared.firstTile(); firstTile < tiles; firstTile = lastTile) {
      lastTile = Math.min(tiles, firstTile + windowTiles);
      long work = (long) (lastTile - firstTile) * cache.blockTokens() * cache.width();
      workers.run(scoreTask, lastTile - firstTile, work);
      for (int tile = firstTile; tile < lastTile; tile++) {
        shared.softmax(tile, scores(tile));
      }
      workers.run(columnTask, columnParts, work);
    }
    shared.finish();
  }

  private long scores(int tile) {
    return shared.tiles + (tile - firstTile) * AttentionUnit.tileBytes(cache);
  }

  private void scoreItem(int worker, int item) {
    shared.score(firstTile + item, scores(firstTile + item));
  }

  private void columnItem(int worker, int item) {
    int vectors = cache.value() / AttentionTiles.ROWS;
    int from = vectors * item / columnParts * AttentionTiles.ROWS;
    boolean last = item == columnParts - 1;
    int to = last ? cache.value() : vectors * (item + 1) / columnParts * AttentionTiles.ROWS;
    for (int tile = firstTile; tile < lastTile; tile++) {
      shared.accumulate(tile, scores(tile), from, to);
    }
  }

  void close() {
    scratch.close();
  }
}
