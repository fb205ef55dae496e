package dev.heddle.app.client;

import dev.heddle.cli.ByteText;
import dev.heddle.cli.Console;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

/** {@code status}: what a platform does and holds at this moment. */
@Command(
    name = "status",
    description =
        "Shows what the platform does and holds now: requests, slots, KV cache, memory, disk, and "
            + "which adapters are resident. Needs a key of the scope admin.")
public final class StatusCommand extends PlatformCommand {
  public StatusCommand(Console console) {
    super(console);
  }

  @Override
  void run(PlatformClient client) {
    JsonNode status = client.get("status");
    summary(status).lines().forEach(console::print);
    console.print("");
    residents(client.get("residency")).lines().forEach(console::print);
  }

  private static Table summary(JsonNode status) {
    JsonNode model = status.path("model");
    JsonNode engine = status.path("runtime");
    JsonNode plan = status.path("memory_plan");
    JsonNode slots = status.path("residency");
    JsonNode store = status.path("store");
    JsonNode disk = status.path("disk");
    Table table = new Table("WHAT", "NOW");
    table.add(
        "model",
        "%s on %s, context %s"
            .formatted(
                AnswerFields.text(model, "name"),
                AnswerFields.text(model, "backend"),
                AnswerFields.text(model, "max_context")));
    table.add(
        "sequences",
        "%s running, %s waiting, %s pre-empted"
            .formatted(
                AnswerFields.text(engine, "running"),
                AnswerFields.text(engine, "queue_depth"),
                AnswerFields.text(engine, "preempted")));
    table.add(
        "slots",
        "%s of %s free for adapters"
            .formatted(AnswerFields.text(slots, "slots_free"), AnswerFields.text(slots, "slots")));
    table.add(
        "KV blocks",
        "%s of %s used"
            .formatted(
                AnswerFields.text(engine, "kv_blocks_used"),
                AnswerFields.text(engine, "kv_blocks")));
    table.add(
        "memory",
        "%s planned of %s".formatted(bytes(plan, "total_bytes"), bytes(plan, "budget_bytes")));
    table.add(
        "store",
        "%s in %s blobs".formatted(bytes(store, "bytes"), AnswerFields.text(store, "blobs")));
    table.add(
        "disk", "%s free of %s".formatted(bytes(disk, "free_bytes"), bytes(disk, "total_bytes")));
    return table;
  }

  private static Table residents(JsonNode residency) {
    Table table = new Table("RESIDENT", "SLOTS", "SHARED", "ANSWERS", "IDLE", "PINNED");
    for (JsonNode resident : residency.path("residents")) {
      table.add(
          versions(resident),
          AnswerFields.text(resident, "own_slots"),
          AnswerFields.text(resident, "shared_slots"),
          AnswerFields.text(resident, "leases"),
          Math.round(resident.path("idle_seconds").asDouble(0)) + "s",
          resident.path("pinned").asBoolean(false) ? "yes" : "");
    }
    return table;
  }

  /** The names of what is resident; its digest where no version is left that has it. */
  private static String versions(JsonNode resident) {
    List<String> names = new ArrayList<>();
    for (JsonNode holder : resident.path("versions")) {
      names.add(AnswerFields.text(holder, "tenant") + "/" + AnswerFields.text(holder, "version"));
    }
    return names.isEmpty() ? AnswerFields.text(resident, "digest") : String.join(",", names);
  }

  private static String bytes(JsonNode part, String field) {
    return ByteText.of(part.path(field).asLong(0));
  }
}
