package dev.heddle.ops.vector;

import dev.heddle.format.DType;
import dev.heddle.format.ExpertWeights;
import dev.heddle.format.MatrixData;
import dev.heddle.ops.PackedWeights;
import dev.heddle.ops.RouteRule;
import dev.heddle.ops.WeightFormat;
import dev.heddle.ops.team.WorkerTeam;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;

/**
 * A batch of tokens to be routed in one layer of DeepSeek-V2-Lite, 64 experts top 6 and 2 shared
 * ones, with so many adapters that each tune 7 experts; the fused way, and {@link UnfusedReroute}.
 * Slots have experts of a tiny size: routing never looks into them. One thread.
 */
final class RerouteCase implements AutoCloseable {
  static final RouteRule RULE = new RouteRule(64, 2, 6, 1, 1, false, false, 1f);
  private static final int TUNED = 7; // experts of an adapter, about the paper's average
  private static final int TINY = 32;

  private final int tokens;
  private final WorkerTeam team;
  private final VectorMemory memory;
  private final PanelExperts pool;
  private final NativeTensor logits;
  private final NativeTensor map;
  private final NativeTensor adapters;
  private final Rerouting fusedWay;
  private final UnfusedReroute unfusedWay;
  final PanelRouting fused;
  final PanelRouting unfused;

  /**
   * Tokens of sequences that have the adapters in turns, and every so many the base.
   *
   * @param adapterCount 0 for the base alone
   */
  RerouteCase(int tokens, int adapterCount, int threads) {
    this.tokens = tokens;
    Random random = new Random(1);
    team = new WorkerTeam(threads);
    Workers workers = new Workers(team);
    memory = new VectorMemory(workers);
    int columns = RULE.routed() + RULE.shared();
    pool = new PanelExperts(columns + adapterCount * TUNED, TINY, TINY, WeightFormat.BF16);
    fillPool();
    map = memory.tensor("map", adapterCount + 1, columns, false);
    adapters = memory.tensor("adapters", tokens, 1, false);
    logits = memory.tensor("logits", tokens, RULE.routed(), true);
    writeMap(random, columns);
    for (int t = 0; t < tokens; t++) {
      Lanes.setInt(adapters.row(t), t % (adapterCount + 1));
      for (int i = 0; i < RULE.routed(); i++) {
        Lanes.setFloat(logits.row(t) + 4L * i, (float) random.nextGaussian());
      }
    }
    fused = routing();
    unfused = routing();
    fusedWay = new Rerouting(workers, fused);
    unfusedWay = new UnfusedReroute(workers, memory, unfused, logits, map, adapters);
  }

  private void fillPool() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment zeros = arena.allocate(2L * TINY * TINY);
      MatrixData matrix = MatrixData.dense(DType.BF16, TINY, TINY, zeros);
      for (int slot = 0; slot < pool.slots(); slot++) {
        pool.fill(slot, new ExpertWeights(matrix, matrix, matrix), PackedWeights.NONE);
      }
    }
  }

  private void writeMap(Random random, int columns) {
    int slot = columns;
    for (int row = 0; row < map.rows(); row++) {
      int[] slots = new int[columns];
      Arrays.setAll(slots, i -> i);
      for (int tuned = 0; row > 0 && tuned < TUNED; ) {
        int column = random.nextInt(RULE.routed());
        if (slots[column] == column) {
          slots[column] = slot++;
          tuned++;
        }
      }
      for (int i = 0; i < columns; i++) {
        Lanes.setInt(map.row(row) + 4L * i, slots[i]);
      }
    }
  }

  private PanelRouting routing() {
    return new PanelRouting(
        RULE,
        pool,
        memory.tensor("picks", tokens, RULE.topK(), false),
        memory.tensor("weights", tokens, RULE.perToken(), true),
        memory.tensor("slots", tokens, RULE.perToken(), false));
  }

  void runFused() {
    fusedWay.run(logits, null, null, map, 0, adapters, tokens);
  }

  void runUnfused() {
    unfusedWay.run(tokens);
  }

  @Override
  public void close() {
    team.close();
    fusedWay.close();
    unfusedWay.close();
    pool.close();
    memory.close();
  }
}
