package dev.heddle.app.start;

import dev.heddle.app.config.HeddleProperties;
import dev.heddle.app.config.RuntimeSettings;
import dev.heddle.format.FormatException;
import dev.heddle.format.Violation;
import dev.heddle.format.model.ModelConfigReader;
import dev.heddle.format.model.ModelFolder;
import dev.heddle.format.model.ModelShape;
import dev.heddle.format.model.SnapshotFolder;
import dev.heddle.format.text.ChatTemplate;
import dev.heddle.runtime.InferenceRuntime;
import dev.heddle.runtime.StartException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at a base model without reading its weights. */
final class ModelCheck {
  /** More are for {@code inspect} to tell. */
  private static final int SHOWN = 3;

  private static final Logger log = LoggerFactory.getLogger(ModelCheck.class);

  private ModelCheck() {}

  static void run(HeddleProperties properties, Faults faults) {
    if (!faults.areClean("model")) {
      return;
    }
    try {
      Path folder = SnapshotFolder.of(properties.model());
      ModelShape shape = shape(folder, faults);
      if (!Files.isRegularFile(folder.resolve("tokenizer.json"))) {
        faults.add("model", "the folder has no tokenizer.json");
      }
      ChatTemplate template = ChatTemplate.load(folder); // throws if there is one that is broken
      log.debug("chat template: {}", template == null ? "none" : "read");
      if (shape != null && faults.areClean("memory", "engine.", "serving.")) {
        InferenceRuntime.checkMemory(RuntimeSettings.of(properties, tenant -> 1), shape);
      }
    } catch (FormatException e) {
      add(e.violations(), faults);
    } catch (StartException e) {
      faults.add("memory", String.valueOf(e.getMessage()));
    }
  }

  /** The shape that config.json states; null if it cannot be used. */
  private static @Nullable ModelShape shape(Path folder, Faults faults) {
    try (ModelFolder model = ModelFolder.open(folder)) {
      return model.shape();
    } catch (FormatException e) {
      add(e.violations(), faults);
    }
    try {
      return ModelConfigReader.read(folder);
    } catch (FormatException e) {
      return null; // told already
    }
  }

  private static void add(List<Violation> violations, Faults faults) {
    violations.stream()
        .limit(SHOWN)
        .forEach(each -> faults.add("model", each.where() + ": " + each.message()));
    int more = violations.size() - SHOWN;
    if (more > 0) {
      faults.add("model", more + " more faults are listed by ./heddle inspect");
    }
  }
}
