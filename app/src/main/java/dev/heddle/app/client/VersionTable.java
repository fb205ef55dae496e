package dev.heddle.app.client;

import dev.heddle.cli.ByteText;
import dev.heddle.format.Violations;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** An adapter's versions as {@code ls} shows them, the latest first. */
final class VersionTable {
  private final PlatformClient client;
  private final String adapter;
  private final JsonNode published;
  private final Table table =
      new Table("VERSION", "STATE", "PUBLISHED", "BYTES", "CREATED", "DIGEST", "DETAIL");

  /**
   * @param adapter its view
   */
  VersionTable(PlatformClient client, JsonNode adapter) {
    this.client = client;
    this.adapter = Fields.text(adapter, "name");
    this.published = adapter.path("targets");
  }

  List<String> lines() {
    client.list(
        ApiPaths.versions(adapter),
        item ->
            table.add(
                Fields.text(item, "name"),
                Fields.text(item, "state"),
                ListCommand.share(published, Fields.text(item, "name")),
                Fields.text(item, "bytes"),
                Fields.text(item, "created_at"),
                Fields.text(item, "digest"),
                detail(item)));
    return table.lines();
  }

  /** What a version that cannot be called lacks. */
  private String detail(JsonNode version) {
    return switch (Fields.text(version, "state")) {
      case "UPLOADING" -> uploading(version.path("number").asInt());
      case "REJECTED" -> rejected(version.path("violations"));
      default -> "";
    };
  }

  private String uploading(int number) {
    String path = ApiPaths.version(adapter, number);
    int whole = client.get(path + "/files").path("items").size();
    StringBuilder detail =
        new StringBuilder().append(whole).append(whole == 1 ? " file" : " files").append(" in");
    for (JsonNode upload : client.get(path + "/uploads").path("items")) {
      detail
          .append(", ")
          .append(Fields.text(upload, "path"))
          .append(" has ")
          .append(ByteText.of(upload.path("offset").asLong(0)))
          .append(" of ")
          .append(ByteText.of(upload.path("bytes").asLong(0)));
    }
    return detail.toString();
  }

  private static String rejected(JsonNode violations) {
    JsonNode first = violations.path(0);
    return Violations.counted(violations.size())
        + ": "
        + Fields.text(first, "code")
        + " at "
        + Fields.text(first, "where")
        + (violations.size() > 1 ? ", ..." : "");
  }
}
