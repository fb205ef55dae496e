package dev.heddle.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.adapter.AdapterFolder;
import dev.heddle.format.adapter.TunedExpert;
import dev.heddle.format.model.ModelFolder;
import dev.heddle.ops.Ops;
import dev.heddle.tornado.TestDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Adapters come and go in random slots among steps: results never change, and memory does not grow.
 */
class SlotChurnTest {
  private static final int EVENTS = TestDevice.isEmulated() ? 80 : 1000;
  private static final long MOST_GROWTH = 64 << 20;
  private static final int PROMPTS = 4;

  /** The pool's slots are in several buffers, the cache's layers too. */
  private static final long MAX_SLAB = 1 << 18;

  private final Random random = new Random(11);
  private final List<Integer> free = new ArrayList<>();
  private final Map<Integer, List<Integer>> slotsOfRow = new HashMap<>();
  private final Map<Integer, Integer> adapterOfRow = new HashMap<>();
  private final Map<String, float[]> expected = new HashMap<>();
  private MoeModel model;
  private AdapterFolder[] adapters;

  @Test
  void results_and_memory_stay_the_same_through_random_loads_evictions_and_steps()
      throws IOException {
    try (OracleCase oracle = new OracleCase("plain-tied-f32");
        ModelFolder folder = ModelFolder.open(oracle.model());
        Ops ops = TestDevice.open(MAX_SLAB)) {
      model = OracleModel.load(folder, ops);
      adapters =
          OracleCase.ADAPTERS.stream()
              .map(name -> AdapterFolder.open(oracle.adapter(name), folder))
              .toArray(AdapterFolder[]::new);
      IntStream.range(model.baseSlots(), model.limits().slots()).forEach(free::add);
      long settled = 0;
      long device = ops.deviceStats().memory();
      int[] count = new int[3];
      for (int event = 0; event < EVENTS; event++) {
        int row = 1 + random.nextInt(3);
        if (random.nextInt(3) == 0) {
          change(row);
          count[slotsOfRow.containsKey(row) ? 0 : 1]++;
        } else {
          step(slotsOfRow.containsKey(row) ? row : 0, event);
          count[2]++;
        }
        if (event == EVENTS / 2) {
          settled = resident();
        }
      }
      assertThat(count).as("loads, evictions, steps").doesNotContain(0);
      assertThat(ops.deviceStats().memory()).isEqualTo(device);
      assertThat(resident() - settled).as("bytes more in memory").isLessThan(MOST_GROWTH);
      for (AdapterFolder adapter : adapters) {
        adapter.close();
      }
    }
  }

  /** Evicts a row's adapter, or loads a random one into random slots. */
  private void change(int row) {
    if (slotsOfRow.containsKey(row)) {
      List<Integer> slots = slotsOfRow.remove(row);
      slots.forEach(model::clearSlot);
      free.addAll(slots);
      return;
    }
    int number = random.nextInt(adapters.length);
    AdapterFolder adapter = adapters[number];
    if (adapter.manifest().experts().size() > free.size()) {
      return;
    }
    Collections.shuffle(free, random);
    List<Integer> taken = new ArrayList<>();
    int[][] map = model.baseMap();
    for (TunedExpert expert : adapter.manifest().experts()) {
      int slot = free.removeLast();
      taken.add(slot);
      model.fillSlot(slot, adapter.weights(expert));
      map[moeLayer(expert.layer())][expert.column()] = slot;
    }
    for (int layer = 0; layer < map.length; layer++) {
      model.writeMap(row, layer, map[layer]);
    }
    slotsOfRow.put(row, taken);
    adapterOfRow.put(row, number);
  }

  private int moeLayer(int layer) {
    return (int) IntStream.range(0, layer).filter(model.shape()::isMoe).count();
  }

  /** A prompt's logits are what they were the first time, whichever slots its experts sit in. */
  private void step(int row, int event) {
    int prompt = random.nextInt(PROMPTS);
    int[] tokens = new Random(prompt).ints(3 + 4 * prompt, 0, model.shape().vocabulary()).toArray();
    String key = prompt + (row == 0 ? " base" : " adapter " + adapterOfRow.get(row));
    float[] logits = new SequenceRunner(model, row, 160).append(tokens).clone();
    float[] first = expected.computeIfAbsent(key, k -> logits);
    assertThat(Arrays.equals(logits, first)).as("event %d, prompt %s", event, key).isTrue();
  }

  /** Bytes of the process in memory, the device's among them where that is the processor. */
  private static long resident() throws IOException {
    System.gc();
    return Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ", 3)[1]) * 4096;
  }
}
