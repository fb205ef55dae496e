package dev.heddle.cli;

import dev.heddle.format.Digest;
import dev.heddle.format.FolderContents;
import dev.heddle.format.Violation;
import dev.heddle.format.Violations;
import dev.heddle.format.adapter.AdapterFileNames;
import dev.heddle.format.adapter.AdapterFolder;
import dev.heddle.format.adapter.AdapterInspection;
import dev.heddle.format.adapter.AdapterManifest;
import dev.heddle.format.adapter.BaseExperts;
import dev.heddle.format.adapter.ExpertConfig;
import dev.heddle.format.adapter.TunedExpert;
import dev.heddle.format.model.ModelConfigReader;
import dev.heddle.format.model.ModelFolder;
import dev.heddle.format.model.ModelInspection;
import dev.heddle.format.model.ModelShape;
import dev.heddle.format.model.SnapshotFolder;
import dev.heddle.model.MemoryEstimate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JsonGenerator;

/** {@code inspect}: what a folder is, and everything wrong with it. */
@Command(
    name = "inspect",
    description = {
      "Prints what a model's or adapter's folder is: shape, digests, tuned experts, slots and bytes",
      "it needs, every violation; on stderr a summary, and whether it fits this machine. Exit code",
      "2 if there are violations."
    })
final class InspectCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(
      paramLabel = "DIR",
      description = "A base model's or an adapter's folder, or an expert_cfg.json alone.")
  @SuppressWarnings("NullAway.Init") // picocli sets it: it is required
  Path folder;

  @Option(
      names = "--base",
      paramLabel = "DIR",
      description = {
        "The model an adapter belongs to, to check it against and for its digests; its config.json",
        "alone is enough to tell slots and bytes."
      })
  @Nullable Path base;

  InspectCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (!Files.isDirectory(folder) && !Files.isRegularFile(folder)) {
      throw new InputException(folder + " is not a folder");
    }
    if (base != null && !Files.isDirectory(base)) {
      throw new InputException(base + " is not a folder");
    }
    folder = SnapshotFolder.of(folder);
    boolean adapter =
        base != null || Files.isRegularFile(folder) || AdapterFolder.isAdapter(folder);
    List<Violation> violations = adapter ? adapter() : model();
    violations.forEach(violation -> console.error(violation.toString()));
    return violations.isEmpty() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.USAGE;
  }

  private List<Violation> model() {
    ModelInspection model = ModelInspection.of(folder);
    JsonGenerator json = console.json();
    json.writeStartObject();
    json.writeStringProperty("kind", "model");
    digest(json, "digest", model.digest());
    if (model.shape() != null) {
      shape(json, model.shape());
    }
    json.writeNumberProperty("tensors", model.tensors());
    json.writeNumberProperty("bytes", InspectSummary.bytes(model));
    json.writeNumberProperty("slots", model.slots());
    json.writeNumberProperty("expert_bytes", model.expertBytes());
    violations(json, model.violations());
    json.writeEndObject();
    console.endJson(json);
    new InspectSummary(console).of(model);
    return model.violations();
  }

  private static void shape(JsonGenerator json, ModelShape shape) {
    json.writeObjectPropertyStart("shape");
    json.writeStringProperty("family", shape.family());
    json.writeStringProperty("dtype", shape.dtype().name());
    json.writeNumberProperty("vocabulary", shape.vocabulary());
    json.writeNumberProperty("hidden", shape.hidden());
    json.writeNumberProperty("layers", shape.layers());
    json.writeNumberProperty("moe_layers", shape.moeLayers());
    json.writeNumberProperty("heads", shape.heads());
    json.writeNumberProperty("routed_experts", shape.experts().routed());
    json.writeNumberProperty("shared_experts", shape.experts().shared());
    json.writeNumberProperty("experts_per_token", shape.experts().topK());
    json.writeNumberProperty("expert_intermediate", shape.experts().intermediate());
    json.writeNumberProperty("context", shape.maxContext());
    json.writeNumberProperty("kv_bytes_per_token", MemoryEstimate.kvTokenBytes(shape));
    json.writeEndObject();
  }

  private List<Violation> adapter() {
    ModelShape shape = null;
    AdapterInspection adapter;
    if (base == null) {
      adapter = inspect(null);
    } else if (hasWeights(SnapshotFolder.of(base))) {
      try (ModelFolder model = ModelFolder.open(base)) {
        shape = model.shape();
        adapter =
            Files.isRegularFile(folder) ? inspect(shape) : AdapterInspection.of(folder, model);
      }
    } else {
      shape = ModelConfigReader.read(SnapshotFolder.of(base));
      console.note("--base has no weights: equal experts are not found, and digests not told");
      adapter = inspect(shape);
    }
    print(adapter);
    new InspectSummary(console).of(adapter, shape);
    return adapter.violations();
  }

  /** Inspects what does not need the base's weights. */
  private AdapterInspection inspect(@Nullable ModelShape shape) {
    BaseExperts experts = shape == null ? null : BaseExperts.of(shape);
    if (Files.isRegularFile(folder)) {
      return AdapterInspection.ofConfig(folder, experts);
    }
    return experts == null
        ? AdapterInspection.of(folder, null)
        : AdapterInspection.against(experts, folder);
  }

  private static boolean hasWeights(Path model) {
    return !FolderContents.list(model, AdapterFileNames::isWeights, new Violations())
        .names()
        .isEmpty();
  }

  private void print(AdapterInspection adapter) {
    AdapterManifest manifest = adapter.manifest();
    JsonGenerator json = console.json();
    json.writeStartObject();
    json.writeStringProperty("kind", "adapter");
    digest(json, "digest", manifest == null ? null : manifest.digest());
    digest(json, "base", manifest == null ? null : manifest.base());
    if (adapter.config() != null) {
      tuned(json, adapter.config());
    }
    experts(json, adapter.experts());
    json.writeNumberProperty("slots", adapter.slots());
    json.writeNumberProperty("bytes", adapter.bytes());
    json.writeArrayPropertyStart("skipped");
    adapter.skipped().forEach(json::writeString);
    json.writeEndArray();
    violations(json, adapter.violations());
    json.writeEndObject();
    console.endJson(json);
  }

  /** Layer to its tuned experts, as the adapter's configuration lists them. */
  private static void tuned(JsonGenerator json, ExpertConfig config) {
    json.writeBooleanProperty("shared_experts", config.shared());
    json.writeObjectPropertyStart("tuned");
    config
        .experts()
        .forEach((layer, experts) -> {
          json.writeArrayPropertyStart(layer.toString());
          experts.forEach(json::writeNumber);
          json.writeEndArray();
        });
    json.writeEndObject();
  }

  /** Experts by digest: with a base those that differ from the base's. */
  private static void experts(JsonGenerator json, List<TunedExpert> experts) {
    json.writeArrayPropertyStart("experts");
    experts.forEach(expert -> {
      json.writeStartObject();
      json.writeNumberProperty("layer", expert.layer());
      json.writeNumberProperty("column", expert.column());
      digest(json, "digest", expert.digest());
      json.writeEndObject();
    });
    json.writeEndArray();
  }

  private static void digest(JsonGenerator json, String name, @Nullable Digest digest) {
    json.writeStringProperty(name, digest == null ? null : digest.qualified());
  }

  private static void violations(JsonGenerator json, List<Violation> violations) {
    json.writeArrayPropertyStart("violations");
    for (Violation violation : violations) {
      json.writeStartObject();
      json.writeStringProperty("code", violation.code());
      json.writeStringProperty("where", violation.where());
      json.writeStringProperty("message", violation.message());
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
