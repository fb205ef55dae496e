package dev.heddle.tornado;

import static dev.heddle.tornado.DeviceHandles.Place;
import static dev.heddle.tornado.DeviceHandles.floatsOf;

import dev.heddle.ops.AttentionRule;
import dev.heddle.ops.RopeTable;
import dev.heddle.tornado.kernel.AttentionKernels;
import dev.heddle.tornado.kernel.AttentionTask;
import org.jspecify.annotations.Nullable;

/** Tasks of attention: what is put into the cache, and what is read of it. */
final class AttentionRecorder {
  /**
   * Which tokens are attended to.
   *
   * @param sequences row of the tables that each token's sequence has
   * @param tables blocks of each sequence
   */
  record Tokens(Place positions, Place sequences, Place tables) {}

  private final Pass pass;
  private final DeviceClass sizes;
  private final Descriptors descriptors;

  AttentionRecorder(Pass pass, DeviceClass sizes, Descriptors descriptors) {
    this.pass = pass;
    this.sizes = sizes;
    this.descriptors = descriptors;
  }

  private void record(String name, Grid grid, DeviceTask.Adder adder) {
    pass.add(new DeviceTask(name, grid, adder));
  }

  void storeLatent(
      DeviceHandles.Cache cache,
      int layer,
      Place compressed,
      Place weight,
      float eps,
      RopeTable table,
      Place positions,
      Place slots,
      int count) {
    int threads = sizes.rowThreads();
    Place cos = floatsOf(table.cos());
    Place sin = floatsOf(table.sin());
    record(
        "storeLatent",
        Grid.tiles(count, 1, 1, threads),
        (graph, id, c, m) ->
            graph.task(
                id,
                AttentionKernels::storeLatents,
                c,
                m.floats,
                m.ints,
                m.keys.get(cache.buffer(layer)),
                count,
                compressed.at(),
                cache.shape().value(),
                cache.shape().key(),
                weight.at(),
                eps,
                cos.at(),
                sin.at(),
                positions.at(),
                slots.at(),
                cache.at(layer),
                cache.blockTokens(),
                table.step(),
                threads));
  }

  void storeKeyValue(
      DeviceHandles.Cache cache, int layer, Place values, Place keys, Place slots, int count) {
    record(
        "storeKeyValue",
        Grid.elements(count, 1, values.cols() + keys.cols(), sizes.items()),
        (graph, id, c, m) ->
            graph.task(
                id,
                AttentionKernels::storeKeyValues,
                c,
                m.floats,
                m.ints,
                m.keys.get(cache.buffer(layer)),
                count,
                values.at(),
                keys.at(),
                slots.at(),
                cache.shape().groups(),
                cache.shape().value(),
                cache.shape().key(),
                cache.at(layer),
                cache.blockTokens()));
  }

  /**
   * Attention of every head.
   *
   * @param queryValue null where keys alone score
   */
  void attend(
      Place out,
      @Nullable Place queryValue,
      Place query,
      AttentionRule rule,
      DeviceHandles.Cache cache,
      int layer,
      Tokens tokens,
      int count) {
    int[] descriptor = new int[AttentionTask.SIZE];
    descriptor[AttentionTask.COUNT] = count;
    descriptor[AttentionTask.QUERY_VALUE] = queryValue == null ? -1 : queryValue.at();
    descriptor[AttentionTask.QUERY] = query.at();
    descriptor[AttentionTask.QUERY_STRIDE] = query.cols();
    descriptor[AttentionTask.OUT] = out.at();
    descriptor[AttentionTask.LAYER] = cache.at(layer);
    descriptor[AttentionTask.POSITIONS] = tokens.positions.at();
    descriptor[AttentionTask.SEQUENCES] = tokens.sequences.at();
    descriptor[AttentionTask.TABLES] = tokens.tables.at();
    descriptor[AttentionTask.TABLE_COLS] = tokens.tables.cols();
    descriptor[AttentionTask.WINDOW] = rule.window();
    int task = descriptors.add(descriptor);
    int splits = sizes.keySplits();
    record(
        "attention",
        Grid.tiles(count, 1, rule.heads(), cache.blockTokens() * splits),
        (graph, id, c, m) ->
            graph.task(
                id,
                AttentionKernels::attendTokens,
                c,
                m.floats,
                m.ints,
                m.keys.get(cache.buffer(layer)),
                task,
                rule.scale(),
                rule.heads(),
                cache.shape().groups(),
                cache.shape().value(),
                cache.shape().key(),
                cache.blockTokens(),
                splits));
  }
}
