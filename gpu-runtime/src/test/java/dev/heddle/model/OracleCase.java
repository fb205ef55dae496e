package dev.heddle.model;

import dev.heddle.format.Json;
import dev.heddle.format.safetensors.SafetensorsFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/**
 * One folder of {@code testdata/oracle} or {@code testdata/oracle-families}: a model, its adapters,
 * and what transformers computed.
 */
final class OracleCase implements AutoCloseable {
  static final List<String> NAMES =
      List.of(
          "awkward",
          "biased-alldense0",
          "full-qlora-groups",
          "lite-yarn",
          "normed-freq2-f16",
          "plain-tied-f32");

  /** Of other families than DeepSeek-V2; without hidden states and router picks. */
  static final List<String> FAMILIES =
      List.of(
          "deepseek-v3",
          "deepseek-v3-fp8",
          "glm4-moe",
          "mixtral",
          "mixtral-linear",
          "mixtral-window",
          "olmoe",
          "qwen2-moe",
          "qwen2-moe-window",
          "qwen3-moe",
          "qwen3-moe-dense-tied",
          "qwen3-moe-llama3",
          "qwen3-moe-window");

  static final List<String> ADAPTERS = List.of("a", "b", "c");

  static Stream<String> all() {
    return Stream.concat(NAMES.stream(), FAMILIES.stream());
  }

  /** One prompt through one variant; {@code adapterRow} is 0 for the base, 1.. for a, b, c. */
  record Run(
      String variant,
      int prompt,
      List<Integer> tokens,
      List<Integer> greedy,
      List<Double> margins) {
    int adapterRow() {
      return ADAPTERS.indexOf(variant) + 1;
    }

    int[] ids() {
      return tokens.stream().mapToInt(Integer::intValue).toArray();
    }

    @Override
    public String toString() {
      return variant + "." + prompt;
    }
  }

  final Path folder;
  final List<Run> runs;
  private final SafetensorsFile golden;

  OracleCase(String name) {
    String cases = FAMILIES.contains(name) ? "oracle-families" : "oracle";
    folder = Path.of(System.getProperty("heddle.repo"), "testdata", cases, name);
    golden = SafetensorsFile.open(folder.resolve("golden.safetensors"));
    JsonNode json = Json.read(folder.resolve("golden.json"), Json.LISTING_BYTES);
    runs = stream(json.get("runs")).map(OracleCase::run).toList();
  }

  private static Run run(JsonNode run) {
    return new Run(
        run.get("variant").asString(),
        run.get("prompt").asInt(),
        stream(run.get("tokens")).map(JsonNode::asInt).toList(),
        stream(run.get("greedy")).map(JsonNode::asInt).toList(),
        stream(run.get("margins")).map(JsonNode::asDouble).toList());
  }

  private static Stream<JsonNode> stream(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }

  Path model() {
    return folder.resolve("model");
  }

  Path adapter(String name) {
    return folder.resolve("adapters").resolve(name);
  }

  /** Floats of a golden tensor, row by row; empty where the run has none. */
  Optional<float[]> floats(Run run, String what) {
    return data(run, what).map(data -> data.toArray(ValueLayout.JAVA_FLOAT_UNALIGNED));
  }

  Optional<int[]> ints(Run run, String what) {
    return data(run, what).map(data -> data.toArray(ValueLayout.JAVA_INT_UNALIGNED));
  }

  private Optional<MemorySegment> data(Run run, String what) {
    String name = run + "." + what;
    return golden.tensors().containsKey(name) ? Optional.of(golden.data(name)) : Optional.empty();
  }

  @Override
  public void close() {
    golden.close();
  }
}
