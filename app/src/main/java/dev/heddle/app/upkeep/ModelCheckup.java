package dev.heddle.app.upkeep;

import dev.heddle.app.config.ModelState;
import dev.heddle.app.start.CommandSettings;
import dev.heddle.format.Digest;
import dev.heddle.format.model.ModelInspection;
import dev.heddle.format.model.SnapshotFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The base model's files: that they are whole, and still those of the last start. */
final class ModelCheckup {
  private static final String CHECK = "model";

  private ModelCheckup() {}

  /**
   * @param every whether every byte is read
   */
  static Finding of(CommandSettings settings, boolean every) throws IOException {
    if (!settings.areClean(CHECK)) {
      return Finding.skip(CHECK, "HEDDLE_MODEL is wrong, see settings");
    }
    List<String> faults = settings.modelFaults();
    if (!faults.isEmpty()) {
      return Finding.fail(
          CHECK, String.join("; ", faults), "see \"When it does not start\" in docs/operations.md");
    }
    Path model = SnapshotFolder.of(settings.properties().model());
    ModelState last = ModelState.of(settings.properties().data(), model);
    if (every) {
      return read(model, last);
    }
    if (last.digest() == null) {
      return Finding.ok(CHECK, model + " is whole; no start has read its bytes yet");
    }
    return last.unchanged()
        ? Finding.ok(
            CHECK, model + " is sha256:" + last.digest() + ", its files as at the last start")
        : Finding.warn(
            CHECK,
            model + " has other files than at the last start, when it was sha256:" + last.digest(),
            "if they were not replaced on purpose, put them right; --read-model tells the digest");
  }

  private static Finding read(Path model, ModelState last) {
    ModelInspection found = ModelInspection.of(model);
    Digest digest = found.digest();
    if (digest == null) {
      return Finding.fail(CHECK, model + " cannot be read whole", "see ./heddle inspect " + model);
    }
    if (last.digest() == null || last.digest().equals(digest.hex())) {
      return Finding.ok(CHECK, model + " is sha256:" + digest.hex() + ", every byte read");
    }
    String message =
        "%s is sha256:%s, and was sha256:%s at the last start"
            .formatted(model, digest.hex(), last.digest());
    return last.unchanged()
        ? Finding.fail(CHECK, message + "; it is damaged", "put its files right, then start again")
        : Finding.warn(CHECK, message, "adapters of the former model cannot be loaded");
  }
}
