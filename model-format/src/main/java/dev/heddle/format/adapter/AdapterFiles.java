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
import org.jspecify.annotations.Nullable;

/**
 * Checks the files that lie beside an adapter's experts: copies of the base's, and foreign ones.
 */
final class AdapterFiles {
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

  /** Parts of a shape that a copy of config.json may change: no weight depends on them. */
  private static final Set<String> FREE = Set.of("dtype", "maxContext", "bosToken", "eosTokens");

  private AdapterFiles() {}

  static void check(
      Path folder, FolderContents contents, @Nullable ModelFolder base, Violations violations) {
    for (String name : contents.names()) {
      String lower = name.toLowerCase(Locale.ROOT);
      if (FOREIGN.stream().anyMatch(lower::endsWith)) {
        violations.add(
            "foreign-weights", name, "weights are read from safetensors only; take this file out");
      }
    }
    if (base == null) {
      return;
    }
    try {
      if (contents.has("config.json")) {
        compareShapes(contents.path("config.json"), base.shape(), violations);
      }
      if (contents.has("tokenizer.json")) {
        compareTokenizers(folder, base.path(), violations);
      }
    } catch (FormatException e) {
      violations.addAll(e);
    }
  }

  private static void compareShapes(Path copy, ModelShape base, Violations violations) {
    ModelShape shape = ModelConfigReader.parse(Json.read(copy, Json.CONFIG_BYTES), null);
    for (RecordComponent part : ModelShape.class.getRecordComponents()) {
      Object copied = value(part, shape);
      Object original = value(part, base);
      if (!FREE.contains(part.getName()) && !Objects.equals(copied, original)) {
        violations.add(
            "different-config",
            "config.json",
            part.getName() + " is " + copied + ", the base's is " + original);
      }
    }
  }

  private static @Nullable Object value(RecordComponent part, ModelShape shape) {
    try {
      return part.getAccessor().invoke(shape);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a record's accessor is public", e);
    }
  }

  private static void compareTokenizers(Path folder, Path base, Violations violations) {
    Digest copy = Tokenizer.fingerprint(folder);
    Digest original = Tokenizer.fingerprint(base);
    if (original != null && !original.equals(copy)) {
      violations.add(
          "different-tokenizer",
          "tokenizer.json",
          "it does not split text into tokens as the base's does, which requests are served with");
    }
  }
}
