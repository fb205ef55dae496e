package dev.heddle.format.model;

import dev.heddle.format.safetensors.SafetensorsWriter;
import dev.heddle.format.safetensors.SafetensorsWriter.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes a model of any shape with random weights, for measurements and tests: a function of shape
 * and seed.
 */
public final class RandomCheckpoint {
  private RandomCheckpoint() {}

  /** Writes {@code config.json} and one {@code model.safetensors} into a folder, making it. */
  public static void write(Path folder, ModelShape shape, long seed) throws IOException {
    write(folder, shape, seed, 1, ModelConfigWriter.Names.OLDER);
  }

  /**
   * Writes a folder whose tensors are spread over files.
   *
   * @param shards number of files; 1 for a single one without an index
   * @param names which generation of names {@code config.json} has
   */
  public static void write(
      Path folder, ModelShape shape, long seed, int shards, ModelConfigWriter.Names names)
      throws IOException {
    Files.createDirectories(folder);
    ModelConfigWriter.write(folder, shape, names);
    List<Tensor> tensors = new ArrayList<>();
    for (Map.Entry<String, List<Integer>> tensor : ModelTensors.required(shape).entrySet()) {
      tensors.add(RandomWeights.tensor(tensor.getKey(), tensor.getValue(), shape.dtype(), seed));
    }
    if (shards == 1) {
      SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors);
    } else {
      writeShards(folder, tensors, shards);
    }
  }

  private static void writeShards(Path folder, List<Tensor> tensors, int shards)
      throws IOException {
    ObjectNode index = JsonMapper.shared().createObjectNode();
    index.putObject("metadata").put("total_size", tensors.stream().mapToLong(Tensor::bytes).sum());
    ObjectNode map = index.putObject("weight_map");
    for (int shard = 0; shard < shards; shard++) {
      String file = String.format("model-%05d-of-%05d.safetensors", shard + 1, shards);
      List<Tensor> part =
          tensors.subList(tensors.size() * shard / shards, tensors.size() * (shard + 1) / shards);
      part.forEach(tensor -> map.put(tensor.name(), file));
      SafetensorsWriter.write(folder.resolve(file), part);
    }
    Files.writeString(folder.resolve("model.safetensors.index.json"), index.toPrettyString());
  }
}
