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
    this.adapter = AnswerFields.text(adapter, "name");
    this.published = adapter.path("targets");
  }

  List<String> lines() {
    client.list(
        ApiPaths.versions(adapter),
        item ->
            table.add(
                AnswerFields.text(item, "name"),
                AnswerFields.text(item, "state"),
                ListCommand.share(published, AnswerFields.text(item, "name")),
                AnswerFields.text(item, "bytes"),
                AnswerFields.text(item, "created_at"),
                AnswerFields.text(item, "digest"),
                detail(item)));
    return table.lines();
  }

  /** What a version that cannot be called lacks. */
  private String detail(JsonNode version) {
    return switch (AnswerFields.text(version, "state")) {
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
          .append(AnswerFields.text(upload, "path"))
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
        + AnswerFields.text(first, "code")
        + " at "
        + AnswerFields.text(first, "where")
        + (violations.size() > 1 ? ", ..." : "");
  }
}
