package dev.heddle.format.adapter;

import dev.heddle.format.Digest;
import dev.heddle.format.FolderContents;
import dev.heddle.format.FormatException;
import dev.heddle.format.Json;
import dev.heddle.format.Violations;
import dev.heddle.format.model.ModelConfigReader;
import dev.heddle.format.model.ModelFolder;
import dev.heddle.format.model.ModelShape;
import dev.heddle.format.text.Tokenizer;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Checks the files that lie beside an adapter's experts: copies of the base's, and foreign ones.
 */
final class AdapterFiles {
  private static final String CONFIG = "config.json";
  private static final List<String> FOREIGN =
      List.of(
          ".bin",
          ".pt",
          ".pth",
          ".pkl",
          ".pickle",
          ".ckpt",
          ".npy",
          ".npz",
          ".h5",
          ".msgpack",
          ".gguf",
          ".onnx");

  /** What Hugging Face's Trainer keeps to go on with a training: no weights of a model. */
  private static final Pattern TRAINING =
      Pattern.compile("(training_args|optimizer|scheduler|scaler|rng_state).*");

  /** Parts of a shape that a copy of config.json may change: no weight depends on them. */
  private static final Set<String> FREE = Set.of("dtype", "maxContext", "bosToken", "eosTokens");

  private AdapterFiles() {}

  /**
   * Notes files that are left out and should not be: weights under wrong names or in other forms.
   */
  static void checkSkipped(FolderContents contents, Violations violations) {
    boolean weights = contents.names().stream().anyMatch(AdapterFileNames::isWeights);
    for (String name : contents.skipped()) {
      String lower = name.toLowerCase(Locale.ROOT);
      if (AdapterFileNames.isMisnamed(name)) {
        violations.add(AdapterFileNames.unknown(name));
      } else if (!weights
          && FOREIGN.stream().anyMatch(lower::endsWith)
          && !TRAINING.matcher(lower).matches()) {
        violations.add(
            "foreign-weights",
            name,
            "weights are read from safetensors only; save them so (safe_serialization=True)");
      }
    }
  }

  /** Compares a copy of a model's configuration with what is known of the base. */
  static void checkConfig(FolderContents contents, Record base, Violations violations) {
    ModelShape shape = shape(contents, violations);
    if (shape != null) {
      compare(base instanceof ModelShape ? shape : BaseExperts.of(shape), base, violations);
    }
  }

  /** What a copy of a model's configuration says; null without one that can be read. */
  static @Nullable ModelShape shape(FolderContents contents, Violations violations) {
    if (!contents.has(CONFIG)) {
      return null;
    }
    try {
      return ModelConfigReader.parse(Json.read(contents.path(CONFIG), Json.CONFIG_BYTES), null);
    } catch (FormatException e) {
      violations.addAll(e);
      return null;
    }
  }

  private static void compare(Record copy, Record base, Violations violations) {
    for (RecordComponent part : base.getClass().getRecordComponents()) {
      Object copied = value(part, copy);
      Object original = value(part, base);
      if (!FREE.contains(part.getName()) && !Objects.equals(copied, original)) {
        violations.add(
            "different-config",
            CONFIG,
            part.getName() + " is " + copied + ", the base's is " + original);
      }
    }
  }

  private static @Nullable Object value(RecordComponent part, Record of) {
    try {
      return part.getAccessor().invoke(of);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a public record's accessor is public", e);
    }
  }

  /** Compares a copy of the base's tokenizer with the base's. */
  static void checkTokenizer(
      Path folder, FolderContents contents, ModelFolder base, Violations violations) {
    if (!contents.has("tokenizer.json")) {
      return;
    }
    try {
      Digest copy = Tokenizer.fingerprint(folder);
      Digest original = Tokenizer.fingerprint(base.path());
      if (original != null && !original.equals(copy)) {
        violations.add(
            "different-tokenizer",
            "tokenizer.json",
            "it does not split text into tokens as the base's does, which requests are served"
                + " with");
      }
    } catch (FormatException e) {
      violations.addAll(e);
    }
  }
}
