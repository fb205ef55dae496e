package dev.heddle.cli.bench;

import dev.heddle.format.model.ModelShape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Made-up adapters with expert counts like those of the ExpertWeave paper's ten (arXiv 2508.17624):
 * of 64 experts a layer, 3.85 to 9.5 on average and at most 6 to 13, scaled to the model's number.
 *
 * @param tuned for each adapter and MoE layer, the columns it replaces
 */
record AdapterMix(List<List<List<Integer>>> tuned) {
  private static final double MEAN_LOW = 3.85 / 64;
  private static final double MEAN_HIGH = 9.5 / 64;
  private static final double MOST_LOW = 6.0 / 64;
  private static final double MOST_HIGH = 13.0 / 64;

  static AdapterMix of(ModelShape shape, int adapters) {
    Random random = new Random(adapters);
    List<List<List<Integer>>> tuned = new ArrayList<>();
    for (int adapter = 0; adapter < adapters; adapter++) {
      double place = adapters == 1 ? 0.5 : adapter / (adapters - 1.0);
      double mean = MEAN_LOW + place * (MEAN_HIGH - MEAN_LOW);
      double most = MOST_LOW + place * (MOST_HIGH - MOST_LOW);
      List<List<Integer>> layers = new ArrayList<>();
      for (int layer = 0; layer < shape.moeLayers(); layer++) {
        double share = 2 * mean - most + random.nextDouble() * 2 * (most - mean);
        int routed = shape.experts().routed();
        int count = Math.clamp(Math.round(share * routed), 1, routed);
        List<Integer> columns = new ArrayList<>(IntStream.range(0, routed).boxed().toList());
        Collections.shuffle(columns, random);
        layers.add(List.copyOf(columns.subList(0, count)));
      }
      tuned.add(layers);
    }
    return new AdapterMix(tuned);
  }

  /** Slots they would take, if each layer of an adapter had room for as many as its largest. */
  int paddedSlots() {
    return tuned.stream()
        .mapToInt(layers -> layers.size() * layers.stream().mapToInt(List::size).max().orElse(0))
        .sum();
  }

  /** Slots they take, all together. */
  int slots() {
    return tuned.stream().flatMap(List::stream).mapToInt(List::size).sum();
  }
}
