package dev.heddle.ops.vector;

import dev.heddle.ops.RowMath;
import dev.heddle.ops.RowReader;
import dev.heddle.ops.RowScoring;
import dev.heddle.ops.team.WorkerTeam;

/**
 * Scores and shows rows of logits that another backend has brought to the host's memory, with a
 * team of its own. One thread.
 */
public final class HostScorer implements AutoCloseable {
  private final WorkerTeam team;
  private final Scorer scorer;
  private final RowViews views;

  /**
   * @param threads how many work together, the caller's included
   */
  public HostScorer(int threads) {
    team = new WorkerTeam(threads);
    Workers workers = new Workers(team);
    scorer = new Scorer(workers);
    views = new RowViews(workers);
  }

  /**
   * As {@link dev.heddle.ops.Ops#score}.
   *
   * @param address of row 0 in native memory
   * @param cols floats of a row
   */
  public void score(long address, int cols, RowScoring rows) {
    scorer.run(address, cols, rows);
  }

  /** As {@link dev.heddle.ops.Ops#show}, of rows as {@link #score} has them. */
  public void show(long address, int cols, RowReader rows) {
    views.show(address, cols, rows);
  }

  /** How many rows {@link #show} shows at once, at most. */
  public int lanes() {
    return views.lanes();
  }

  /** How rows that were shown are gone over. */
  public RowMath rowMath() {
    return VectorRowMath.INSTANCE;
  }

  @Override
  public void close() {
    team.close();
    scorer.close();
  }
}
