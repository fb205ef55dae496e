package dev.heddle.app.client;

import dev.heddle.format.FolderContents;
import dev.heddle.format.FormatException;
import dev.heddle.format.Violations;
import dev.heddle.format.adapter.AdapterFileNames;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Uploads an adapter's folder as a version, and has it checked. */
public final class AdapterPush {
  /** Sees the bytes of each file go by. */
  public interface Watcher {
    /** Shows nothing. */
    Watcher NONE = (file, from, bytes) -> bytes;

    /**
     * The bytes that are about to be sent.
     *
     * @param from how many of the file's are there already
     */
    InputStream watch(Path file, long from, InputStream bytes);

    /** All of a file is there already. */
    default void present(Path file) {}

    /**
     * The rest of a file has been sent.
     *
     * @param from as above
     */
    default void sent(Path file, long from) {}
  }

  private final PlatformClient client;
  private final Watcher watcher;

  public AdapterPush(PlatformClient client, Watcher watcher) {
    this.client = client;
    this.watcher = watcher;
  }

  /**
   * Uploads the folder's files as the adapter's next version, and the adapter with its first. What
   * is no part of an adapter stays here, see {@link AdapterFileNames}.
   *
   * @return the version's view, READY
   * @throws FormatException if a file is a link out of the folder
   * @throws RefusedException with everything wrong with the adapter, or why it was not taken
   * @throws UncheckedIOException if a file cannot be read, or the connection breaks off; {@link
   *     #resume} goes on then
   */
  public JsonNode push(String adapter, Path folder) {
    FolderContents files = parts(folder);
    JsonNode begun = client.post(ApiPaths.versions(adapter), null);
    return upload(ApiPaths.version(adapter, begun.path("number").asInt()), files);
  }

  /**
   * Goes on with the adapter's latest version that takes files: those that are there already, byte
   * for byte, are not sent again, and of one that is there in part only the rest is sent. Begins a
   * version if none takes files.
   */
  public JsonNode resume(String adapter, Path folder) {
    int number = 0;
    for (JsonNode version : client.find(ApiPaths.versions(adapter)).path("items")) {
      if (version.path("state").asString("").equals("UPLOADING")) {
        number = Math.max(number, version.path("number").asInt());
      }
    }
    return number == 0
        ? push(adapter, folder)
        : upload(ApiPaths.version(adapter, number), parts(folder));
  }

  private JsonNode upload(String version, FolderContents files) {
    Map<String, String> stored = new HashMap<>();
    client
        .get(version + "/files")
        .path("items")
        .forEach(
            file -> stored.put(file.path("path").asString(""), file.path("sha256").asString("")));
    FileUpload upload = new FileUpload(client, version, watcher);
    for (String name : files.names()) {
      Path file = files.path(name);
      try {
        upload.send(name, file, stored.get(name));
      } catch (IOException e) {
        throw new UncheckedIOException(
            new IOException(file + " cannot be read: " + e.getMessage(), e));
      }
    }
    return client.post(version + ":complete", null);
  }

  /**
   * The files of a folder that are parts of an adapter.
   *
   * @throws FormatException if one is a link out of the folder
   */
  static FolderContents parts(Path folder) {
    Violations violations = new Violations();
    FolderContents parts = FolderContents.list(folder, AdapterFileNames::isPart, violations);
    violations.throwIfAny();
    return parts;
  }
}
