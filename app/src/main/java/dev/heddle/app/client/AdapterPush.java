package dev.heddle.app.client;

import dev.heddle.format.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Uploads a folder as a version of an adapter, and has it checked. */
public final class AdapterPush {
  /** Sees the bytes of each file go by. */
  public interface Watcher {
    /** Shows nothing. */
    Watcher NONE = (file, bytes) -> bytes;

    InputStream watch(Path file, InputStream bytes);
  }

  private final PlatformClient client;
  private final Watcher watcher;

  public AdapterPush(PlatformClient client, Watcher watcher) {
    this.client = client;
    this.watcher = watcher;
  }

  /**
   * Uploads the folder's files as the adapter's next version, and the adapter with its first.
   *
   * @return the version's view, READY
   * @throws RefusedException with everything wrong with the adapter, or why it was not taken
   */
  public JsonNode push(String adapter, Path folder) {
    JsonNode begun = client.post(ApiPaths.versions(adapter), null);
    return upload(adapter, begun.path("number").asInt(), folder);
  }

  /**
   * Goes on with the adapter's latest version that takes files: those that are there already, byte
   * for byte, are not sent again. Begins a version if none takes files.
   */
  public JsonNode resume(String adapter, Path folder) {
    int number = 0;
    for (JsonNode version : client.find(ApiPaths.versions(adapter)).path("items")) {
      if (version.path("state").asString("").equals("UPLOADING")) {
        number = Math.max(number, version.path("number").asInt());
      }
    }
    return number == 0 ? push(adapter, folder) : upload(adapter, number, folder);
  }

  private JsonNode upload(String adapter, int number, Path folder) {
    String version = ApiPaths.version(adapter, number);
    Map<String, String> stored = new HashMap<>();
    client
        .get(version + "/files")
        .path("items")
        .forEach(
            file -> stored.put(file.path("path").asString(""), file.path("sha256").asString("")));
    for (Path file : files(folder)) {
      String name = String.valueOf(file.getFileName());
      if (!stored.containsKey(name) || !sha256(file).equals(stored.get(name))) {
        client.put(
            version + "/files/" + ApiPaths.segment(name),
            file,
            bytes -> watcher.watch(file, bytes));
      }
    }
    return client.post(version + ":complete", null);
  }

  private static List<Path> files(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sha256(Path file) {
    MessageDigest digest = Digests.sha256();
    try (InputStream bytes = new DigestInputStream(Files.newInputStream(file), digest)) {
      bytes.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
