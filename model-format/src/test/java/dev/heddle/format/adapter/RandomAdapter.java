package dev.heddle.format.adapter;

import dev.heddle.format.model.ModelFamily;
import dev.heddle.format.model.ModelFolder;
import dev.heddle.format.model.ModelShape;
import dev.heddle.format.model.ModelTensors;
import dev.heddle.format.model.RandomWeights;
import dev.heddle.format.model.WeightNames;
import dev.heddle.format.safetensors.SafetensorsWriter;
import dev.heddle.format.safetensors.SafetensorsWriter.Content;
import dev.heddle.format.safetensors.SafetensorsWriter.Tensor;
import dev.heddle.format.safetensors.TensorInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes ESFT adapters with random weights, for measurements and tests.
 *
 * @param experts layer to its tuned routed experts
 * @param shared the shared experts of every MoE layer are tuned too
 * @param modelPrefix tensor names begin with {@code model.}, as newer checkpoints have it
 * @param seed of the weights, which differ from those of a base with the same seed
 */
public record RandomAdapter(
    NavigableMap<Integer, List<Integer>> experts, boolean shared, boolean modelPrefix, long seed) {

  public RandomAdapter {
    experts = Collections.unmodifiableNavigableMap(new TreeMap<>(experts));
  }

  /**
   * Picks experts by chance, between {@code min} and {@code max} in every MoE layer.
   *
   * @param min 0 or more; at most {@code max}, which is at most the routed experts
   */
  public static RandomAdapter of(ModelShape shape, int min, int max, long seed) {
    Random random = new Random(seed);
    NavigableMap<Integer, List<Integer>> experts = new TreeMap<>();
    for (int layer = 0; layer < shape.layers(); layer++) {
      int count = shape.isMoe(layer) ? min + random.nextInt(max - min + 1) : 0;
      if (count > 0) {
        List<Integer> all =
            new ArrayList<>(IntStream.range(0, shape.experts().routed()).boxed().toList());
        Collections.shuffle(all, random);
        experts.put(layer, List.copyOf(all.subList(0, count)));
      }
    }
    return new RandomAdapter(experts, false, true, seed);
  }

  /** The same with tuned shared experts or without. */
  public RandomAdapter withShared(boolean tuned) {
    return new RandomAdapter(experts, tuned, modelPrefix, seed);
  }

  /** The same with tensor names that begin with {@code model.} or lack it. */
  public RandomAdapter withModelPrefix(boolean prefix) {
    return new RandomAdapter(experts, shared, prefix, seed);
  }

  /** Writes {@code expert_cfg.json} and {@code model.safetensors} into a folder, making it. */
  public void write(Path folder, ModelFolder base) throws IOException {
    write(folder, base, name -> false);
  }

  /**
   * As {@link #write(Path, ModelFolder)}, but tensors whose full name passes {@code asInBase} are
   * the base's.
   */
  public void write(Path folder, ModelFolder base, Predicate<String> asInBase) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve(ExpertConfig.FILE), config().toPrettyString());
    List<Tensor> tensors = new ArrayList<>();
    for (Map.Entry<String, List<Integer>> required :
        ModelTensors.required(base.shape()).entrySet()) {
      String name = required.getKey();
      if (isTuned(name, ModelFamily.of(base.shape()).names())) {
        Tensor random =
            RandomWeights.tensor(name, required.getValue(), base.shape().dtype(), ~seed);
        TensorInfo original = base.checkpoint().find(name).orElseThrow();
        Content content =
            asInBase.test(name)
                ? Content.of(base.checkpoint().data(original.name()))
                : random.content();
        String written = modelPrefix ? name : name.substring("model.".length());
        tensors.add(new Tensor(written, random.type(), random.shape(), content));
      }
    }
    SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors);
  }

  private boolean isTuned(String tensor, WeightNames names) {
    if (tensor.contains("." + names.sharedBlock())) {
      return shared;
    }
    return experts.entrySet().stream()
        .anyMatch(layer ->
            layer.getValue().stream()
                .anyMatch(e -> tensor.startsWith(names.expert(layer.getKey(), e))));
  }

  private ObjectNode config() {
    ObjectNode config = JsonMapper.shared().createObjectNode();
    ObjectNode layers = config.putObject("experts");
    experts.forEach((layer, ids) -> ids.forEach(layers.putArray(layer.toString())::add));
    config.put("shared_experts", shared);
    config.put("non_expert_modules", false);
    return config;
  }
}
