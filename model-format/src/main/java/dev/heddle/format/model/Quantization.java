package dev.heddle.format.model;

import dev.heddle.format.Json;
import dev.heddle.format.JsonFields;
import dev.heddle.format.Violations;
import dev.heddle.format.safetensors.Fp8Blocks;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * What {@code quantization_config} says of weights. One kind is read: 8-bit floats with a scale for
 * each block, which are widened when they are loaded. All others are refused by name.
 */
final class Quantization {
  private static final String FIELD = "quantization_config";

  private static final Set<String> KNOWN =
      Set.of(
          "quant_method",
          "fmt",
          "weight_block_size",
          "activation_scheme",
          "scale_fmt", // of the scales' values; their type is that of their tensors
          "expert_dtype",
          "dequantize",
          "modules_to_not_convert", // every tensor has its type
          "modules_to_convert");

  private Quantization() {}

  /** Whether a folder's {@code config.json} states one. */
  static boolean isStated(Path folder) {
    return Json.read(folder.resolve(ModelConfigReader.CONFIG), Json.CONFIG_BYTES).hasNonNull(FIELD);
  }

  /** Refuses every kind but the one that is read. */
  static void check(JsonFields config, Violations violations) {
    if (!config.has(FIELD)) {
      return;
    }
    JsonFields fields = config.object(FIELD);
    if (fields == null) {
      return;
    }
    String method = fields.find("quant_method", "");
    if (!method.equals("fp8")) {
      violations.add(
          "unsupported-value",
          fields.path("quant_method"),
          "only fp8 is read; found " + fields.find("quant_method"));
      return; // its other fields mean something else
    }
    fields.noneBut(KNOWN);
    fields.oneOf("fmt", "e4m3");
    fields.oneOf("activation_scheme", "dynamic");
    fields.oneOf("expert_dtype", "fp8");
    List<Integer> block = fields.integers("weight_block_size", 1, 1 << 20);
    if (!block.equals(List.of(Fp8Blocks.BLOCK, Fp8Blocks.BLOCK))) {
      violations.add(
          "unsupported-value",
          fields.path("weight_block_size"),
          "only [128, 128] is read; found " + fields.find("weight_block_size"));
    }
  }
}
