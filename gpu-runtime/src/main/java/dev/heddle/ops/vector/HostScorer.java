package dev.heddle.ops.vector;

import dev.heddle.ops.RowScoring;
import dev.heddle.ops.team.WorkerTeam;

/**
 * Scores rows of logits that another backend has brought to the host's memory, with a team of its
 * own. One thread.
 */
public final class HostScorer implements AutoCloseable {
  private final WorkerTeam team;
  private final Scorer scorer;

  /**
   * @param threads how many work together, the caller's included
   */
  public HostScorer(int threads) {
    team = new WorkerTeam(threads);
    scorer = new Scorer(new Workers(team));
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

  @Override
  public void close() {
    team.close();
    scorer.close();
  }
}
