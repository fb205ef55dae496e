package dev.heddle.runtime;

import static dev.heddle.runtime.SimulatedAdapters.mix;

import dev.heddle.experts.ExpertBackend;
import dev.heddle.experts.ExpertLayout;
import dev.heddle.format.ExpertWeights;
import dev.heddle.format.model.ModelShape;
import dev.heddle.model.RoutingSink;
import dev.heddle.model.StepBatch;
import dev.heddle.model.StepModel;
import dev.heddle.ops.Logprobs;
import dev.heddle.ops.RowReader;
import dev.heddle.ops.RowScoring;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A model whose KV is a number per token and whose logits are a hash of all KV of the sequence, as
 * its block table finds it, and of the experts in the slots of its adapter row. A wrong table, a
 * stale or unwritten block, a missing copy, a wrong prefix hit or a slot written too early or too
 * late all give other logits.
 */
final class SimulatedModel implements StepModel, ExpertBackend {
  private static final long CLEARED = -1;

  private final int vocabulary;
  private final int blockTokens;
  private final long[] slots;
  private final int[][][] map;
  private final long[] kv;
  private final long[] rows;
  private final int[] picks;
  private final Logprobs scored;
  private final float[] row;
  private long garbage = 1;

  /** How many of the next forward passes, and of the next reads of logits, fail. */
  int passFailures;

  int rowFailures;

  SimulatedModel(
      ModelShape shape, int slotCount, int adapterRows, int blocks, int blockTokens, int maxRows) {
    ExpertLayout layout = ExpertLayout.of(shape);
    this.vocabulary = shape.vocabulary();
    this.scored = new Logprobs(vocabulary);
    this.row = new float[vocabulary];
    this.blockTokens = blockTokens;
    this.slots = new long[slotCount];
    this.map = new int[adapterRows + 1][layout.moeLayers()][layout.columns()];
    this.kv = new long[blocks * blockTokens];
    this.rows = new long[maxRows];
    this.picks = IntStream.range(0, shape.experts().topK()).toArray();
    for (int slot = 0; slot < slotCount; slot++) {
      slots[slot] = slot < layout.baseSlots() ? SimulatedAdapters.baseValue(slot) : CLEARED;
    }
    for (int layer = 0; layer < layout.moeLayers(); layer++) {
      for (int column = 0; column < layout.columns(); column++) {
        map[0][layer][column] = layout.baseSlot(layer, column);
      }
    }
  }

  /** The KV of a token. */
  static long kv(int token, int position, long fingerprint) {
    return mix(mix(mix(17, token), position), fingerprint);
  }

  /** The logits that follow a hash of all KV. */
  static void logits(long hash, float[] target) {
    for (int i = 0; i < target.length; i++) {
      target[i] = (mix(hash, i) >>> 40) / (float) (1 << 22); // 0 to 4
    }
  }

  @Override
  public void forward(StepBatch batch) {
    for (int t = 0; t < batch.tokenCount; t++) {
      // A failing pass has written some of its KV.
      boolean broken = passFailures > 0 && t >= batch.tokenCount / 2;
      kv[batch.kvSlots[t]] =
          broken
              ? garbage++
              : kv(batch.tokens[t], batch.positions[t], fingerprint(batch.adapters[t]));
      RoutingSink sink = batch.routing[t];
      for (int layer = 0; sink != null && layer < map[0].length; layer++) {
        sink.add(batch.positions[t], layer, picks, new float[picks.length]);
      }
    }
    if (passFailures > 0) {
      passFailures--;
      throw new IllegalStateException("injected failure of a pass");
    }
    for (int row = 0; row < batch.logitCount; row++) {
      int last = batch.logitTokens[row];
      int[] table = batch.blockTables[batch.sequences[last]];
      long hash = 0;
      for (int position = 0; position <= batch.positions[last]; position++) {
        int block = table[position / blockTokens];
        hash = mix(hash, kv[block * blockTokens + position % blockTokens]);
      }
      rows[row] = hash;
    }
  }

  @Override
  public void logits(int row, float[] target) {
    if (rowFailures > 0) {
      rowFailures--;
      throw new IllegalStateException("injected failure of a row");
    }
    if (target.length != vocabulary) {
      throw new IllegalArgumentException("a row of logits has " + vocabulary + " entries");
    }
    logits(rows[row], target);
  }

  @Override
  public void score(RowScoring scoring) {
    for (int i = 0; i < scoring.count(); i++) {
      try {
        logits(scoring.row(i), row);
        scored.score(row, scoring.token(i), scoring.alternatives(i));
        scoring.scored(i, scored);
      } catch (RuntimeException e) {
        scoring.failed(i, e);
      }
    }
  }

  @Override
  public void show(RowReader reader) {
    for (int i = 0; i < reader.count(); i++) {
      if (rowFailures > 0) {
        rowFailures--;
        Arrays.fill(row, Float.NaN);
      } else {
        logits(reader.row(i), row);
      }
      reader.look(0, i, row);
    }
  }

  @Override
  public void copyBlock(int from, int to) {
    System.arraycopy(kv, from * blockTokens, kv, to * blockTokens, blockTokens);
  }

  @Override
  public void fillSlot(int slot, ExpertWeights weights) {
    slots[slot] = SimulatedAdapters.value(weights);
  }

  @Override
  public void clearSlot(int slot) {
    slots[slot] = CLEARED;
  }

  @Override
  public void writeMap(int row, int moeLayer, int[] columns) {
    map[row][moeLayer] = columns.clone();
  }

  /** Nothing is routed here. */
  @Override
  public void readRouted(int[] counts) {}

  private long fingerprint(int row) {
    long hash = 0;
    for (int[] layer : map[row]) {
      for (int slot : layer) {
        hash = mix(hash, slots[slot]);
      }
    }
    return hash;
  }
}
