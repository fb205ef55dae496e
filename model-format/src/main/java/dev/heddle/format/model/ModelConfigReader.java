package dev.heddle.format.model;

import dev.heddle.format.DType;
import dev.heddle.format.FormatException;
import dev.heddle.format.Json;
import dev.heddle.format.JsonFields;
import dev.heddle.format.Violations;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads {@code config.json}, and from {@code generation_config.json} the end tokens, into a {@link
 * ModelShape}. Both generations of field names are read; what Heddle does not compute is refused by
 * field and value. What families differ in is theirs: {@link ModelFamily}.
 */
public final class ModelConfigReader {
  static final String CONFIG = "config.json";
  static final String GENERATION = "generation_config.json";

  private static final float LATENT_NORM_EPS = 1e-6f;
  private static final int MAX_VOCABULARY = 1 << 22;
  private static final int MAX_CONTEXT = 1 << 24;

  private final JsonFields config;
  private final Violations violations;

  private ModelConfigReader(JsonFields config, Violations violations) {
    this.config = config;
    this.violations = violations;
  }

  /**
   * Reads a folder's configuration; the dtype is the one it states, float32 where it states none.
   *
   * @throws FormatException with everything wrong
   */
  public static ModelShape read(Path folder) {
    JsonNode config = Json.read(folder.resolve(CONFIG), Json.CONFIG_BYTES);
    Path generation = folder.resolve(GENERATION);
    return parse(
        config, Files.exists(generation) ? Json.read(generation, Json.CONFIG_BYTES) : null);
  }

  /**
   * Reads the same from JSON values.
   *
   * @throws FormatException with everything wrong
   */
  public static ModelShape parse(JsonNode config, @Nullable JsonNode generation) {
    Violations violations = new Violations();
    JsonFields generationFields =
        generation == null ? null : new JsonFields(generation, GENERATION, violations);
    @Nullable ModelShape shape =
        new ModelConfigReader(new JsonFields(config, CONFIG, violations), violations)
            .shape(generationFields);
    violations.throwIfAny();
    return Objects.requireNonNull(shape, "a configuration that was refused left no violation");
  }

  private @Nullable ModelShape shape(@Nullable JsonFields generation) {
    ModelFamily family = family();
    if (family == null) {
      return null;
    }
    FamilyReader reader = family.reader(config, violations);
    refuseUnsupported(family);
    reader.refuseUnsupported();
    int vocabulary = reader.vocabulary(MAX_VOCABULARY);
    int layers = reader.layers();
    int heads = reader.heads();
    int hidden = reader.hidden();
    List<Integer> bos = config.integers("bos_token_id", 0, vocabulary - 1);
    List<Integer> eos = config.integers("eos_token_id", 0, vocabulary - 1);
    if (generation != null && generation.has("eos_token_id")) {
      eos = generation.integers("eos_token_id", 0, vocabulary - 1);
    }
    return new ModelShape(
        family.type(),
        dtype(),
        vocabulary,
        hidden,
        layers,
        heads,
        reader.attention(hidden, heads, layers),
        reader.denseIntermediate(),
        reader.experts(layers),
        reader.rope(),
        (float) config.number("rms_norm_eps", Float.MIN_NORMAL, 1, 1e-6),
        LATENT_NORM_EPS,
        config.bool("tie_word_embeddings", false),
        reader.maxContext(MAX_CONTEXT),
        bos.isEmpty() ? null : bos.getFirst(),
        eos);
  }

  /** The family that the configuration names; null if there is none. */
  private @Nullable ModelFamily family() {
    if (!config.has("model_type")) {
      violations.add(
          "missing-field",
          config.path("model_type"),
          "expected one of " + String.join(", ", ModelFamily.types()));
      return null;
    }
    config.oneOf("model_type", ModelFamily.types());
    return ModelFamily.find(config.find("model_type", "")).orElse(null);
  }

  private void refuseUnsupported(ModelFamily family) {
    JsonNode architectures = config.find("architectures");
    if (architectures != null
        && (!architectures.isArray()
            || architectures.values().stream()
                .noneMatch(a -> a.isString() && a.stringValue().equals(family.architecture())))) {
      unsupported("architectures", "only " + family.architecture() + " is supported");
    }
    Quantization.check(config, violations);
    config.oneOf("hidden_act", "silu");
  }

  private DType dtype() {
    String field = config.has("dtype") ? "dtype" : "torch_dtype";
    config.oneOf(field, "bfloat16", "float16", "float32");
    return switch (config.find(field, "")) {
      case "bfloat16" -> DType.BF16;
      case "float16" -> DType.F16;
      default -> DType.F32;
    };
  }

  private void unsupported(String field, String message) {
    violations.add(
        "unsupported-value", config.path(field), message + "; found " + config.find(field));
  }
}
