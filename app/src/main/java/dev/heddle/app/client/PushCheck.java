package dev.heddle.app.client;

import dev.heddle.cli.ByteText;
import dev.heddle.cli.Console;
import dev.heddle.cli.FailedException;
import dev.heddle.cli.InputException;
import dev.heddle.format.DType;
import dev.heddle.format.FolderContents;
import dev.heddle.format.adapter.AdapterInspection;
import dev.heddle.format.adapter.BaseExperts;
import dev.heddle.format.adapter.LoraFolder;
import dev.heddle.format.model.ModelFamily;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Whether a folder can become a version of an adapter, found out before any of it is sent. */
final class PushCheck {
  private final PlatformClient client;
  private final Console console;

  PushCheck(PlatformClient client, Console console) {
    this.client = client;
    this.console = console;
  }

  /**
   * Checks names, configuration, shapes and values of a folder's files against the platform's base
   * model, and what they need against its slots.
   *
   * @throws InputException with everything that is wrong
   * @throws FailedException if the platform does not say enough of its base model
   */
  void check(Path folder) {
    if (LoraFolder.isLora(folder)) {
      console.note("a LoRA: the platform folds it into experts, and checks them then");
      return;
    }
    AdapterInspection adapter = AdapterInspection.against(base(), folder);
    if (!adapter.skipped().isEmpty()) {
      console.note("skipped: " + console.printable(adapter.skipped()));
    }
    List<String> faults = new ArrayList<>();
    if (adapter.misfit() != null) {
      faults.add(adapter.misfit());
    }
    adapter.violations().forEach(violation -> faults.add(violation.toString()));
    if (!faults.isEmpty()) {
      throw new InputException(faults);
    }
    if (adapter.config() != null) {
      checkSlots(JsonMapper.shared().readTree(adapter.config().json()));
    }
    console.note(adapter.slots() + " experts, " + ByteText.of(adapter.bytes()));
  }

  /**
   * Checks that the tenant may store a folder's files.
   *
   * @throws FailedException if it has less room
   */
  void checkRoom(Path folder) throws IOException {
    JsonNode tenant = client.get("tenant");
    JsonNode most = tenant.path("limits").path("stored_bytes");
    if (!most.isNumber()) {
      return;
    }
    long room =
        Math.max(0, most.asLong() - tenant.path("consumption").path("stored_bytes").asLong(0));
    FolderContents parts = AdapterPush.parts(folder);
    long bytes = 0;
    for (String name : parts.names()) {
      bytes += Files.size(parts.path(name));
    }
    if (bytes > room) {
      throw new FailedException(
          List.of(
              "the files have %s, and the tenant may store %s more (stored_bytes)"
                  .formatted(ByteText.of(bytes), ByteText.of(room))));
    }
  }

  private BaseExperts base() {
    JsonNode base = client.get("base-model");
    if (!base.has("shared_intermediate")) {
      throw new FailedException(List.of("the platform is older than this command: update it"));
    }
    return new BaseExperts(
        base.path("layers").asInt(),
        base.path("moe_layers")
            .valueStream()
            .map(JsonNode::asInt)
            .collect(Collectors.toCollection(TreeSet::new)),
        base.path("routed_experts").asInt(),
        base.path("shared_experts").asInt(),
        base.path("shared_intermediate").asInt(),
        base.path("hidden").asInt(),
        base.path("expert_intermediate").asInt(),
        DType.valueOf(base.path("dtype").asString("")),
        ModelFamily.named(base.path("family").asString("")).names());
  }

  /** Refuses what could never be resident; says what cannot be now. */
  private void checkSlots(JsonNode config) {
    JsonNode preview = client.post("capacity:preview", config);
    long slots = preview.path("slots").asLong();
    long most = preview.path("slots_total").asLong();
    if (slots > most) {
      throw new InputException(
          "it tunes " + slots + " experts, and the platform has slots for " + most + " in all");
    }
    if (!preview.path("fits").asBoolean(true)) {
      console.note(
          "it needs " + slots + " slots; beside what is pinned now it could not be loaded");
    }
  }
}
