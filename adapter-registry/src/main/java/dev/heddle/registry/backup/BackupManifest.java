package dev.heddle.registry.backup;

import dev.heddle.format.Digest;
import dev.heddle.format.Json;
import dev.heddle.registry.disk.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a backup is, in its file {@code backup.json}, which is written last: without it the backup
 * is not whole.
 *
 * @param schema version of the schema that the rows are of
 * @param installation the database's id
 * @param tables in an order in which they can be filled
 * @param blobs how many there are
 * @param blobBytes of those
 */
public record BackupManifest(
    Instant takenAt,
    String schema,
    UUID installation,
    List<Table> tables,
    long blobs,
    long blobBytes) {
  private static final String FILE = "backup.json";
  private static final int FORMAT = 1;

  /**
   * One table's rows, in {@code tables/NAME}.
   *
   * @param sha256 of the file
   */
  public record Table(String name, List<String> columns, long rows, Digest sha256) {}

  /** How many rows all tables have. */
  public long rows() {
    return tables.stream().mapToLong(Table::rows).sum();
  }

  void write(Path backup) throws IOException {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("format", FORMAT);
    json.put("taken_at", takenAt.toString());
    json.put("schema", schema);
    json.put("installation", installation.toString());
    json.put("blobs", blobs);
    json.put("blob_bytes", blobBytes);
    ArrayNode all = json.putArray("tables");
    for (Table table : tables) {
      ObjectNode each = all.addObject();
      each.put("name", table.name());
      table.columns().forEach(each.putArray("columns")::add);
      each.put("rows", table.rows());
      each.put("sha256", table.sha256().hex());
    }
    DurableFiles.writeSecret(backup.resolve(FILE), json.toPrettyString() + "\n");
  }

  /**
   * Reads what a backup says of itself.
   *
   * @throws IllegalStateException if it is none, is not whole, or of another format
   */
  static BackupManifest read(Path backup) throws IOException {
    Path file = backup.resolve(FILE);
    if (!Files.exists(file)) {
      throw new IllegalStateException(
          backup + " has no " + FILE + ": it is no backup, or one that broke off");
    }
    JsonNode json = Json.parse(Files.readAllBytes(file), FILE);
    int format = json.path("format").asInt(0);
    if (format != FORMAT) {
      throw new IllegalStateException(
          backup + " has the format " + format + "; this Heddle reads " + FORMAT);
    }
    List<Table> tables = new ArrayList<>();
    for (JsonNode table : json.path("tables")) {
      tables.add(
          new Table(
              table.path("name").stringValue(),
              table.path("columns").valueStream().map(JsonNode::stringValue).toList(),
              table.path("rows").longValue(),
              new Digest(table.path("sha256").stringValue())));
    }
    return new BackupManifest(
        Instant.parse(json.path("taken_at").stringValue()),
        json.path("schema").stringValue(),
        UUID.fromString(json.path("installation").stringValue()),
        List.copyOf(tables),
        json.path("blobs").longValue(),
        json.path("blob_bytes").longValue());
  }

  /** A table's file. */
  static Path table(Path backup, String name) {
    return backup.resolve("tables").resolve(name);
  }

  /** The folder of the blobs. */
  static Path blobs(Path backup) {
    return backup.resolve("blobs");
  }

  /** The folder of unfinished uploads' bytes. */
  static Path uploads(Path backup) {
    return backup.resolve("uploads");
  }

  /** The folder of files that are secret. */
  static Path secrets(Path backup) {
    return backup.resolve("secrets");
  }
}
