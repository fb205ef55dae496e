package dev.heddle.app.client;

import dev.heddle.format.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Sends a version's files over tus 1.0.0, each from where an earlier try left it. The server is
 * told the SHA-256 of each before the first byte, and refuses a file that comes to another.
 */
final class FileUpload {
  /** Codes of refusals that end by themselves. */
  private static final Set<String> MOVING = Set.of("upload_busy", "upload_offset");

  private static final String BYTES = "application/offset+octet-stream";

  /** How long a broken connection's bytes may still be written on the other side. */
  private static final Duration BUSY_MAX = Duration.ofSeconds(60);

  private static final Duration BUSY_PAUSE = Duration.ofMillis(200);

  private final PlatformClient client;
  private final String uploads;
  private final AdapterPush.Watcher watcher;

  /**
   * @param version the version's path
   */
  FileUpload(PlatformClient client, String version, AdapterPush.Watcher watcher) {
    this.client = client;
    this.uploads = version + "/uploads";
    this.watcher = watcher;
  }

  /**
   * Sends what the version does not have of a file.
   *
   * @param stored SHA-256 of the version's file of this name, null if it has none
   * @throws IOException if the file cannot be read
   */
  void send(String name, Path file, @Nullable String stored) throws IOException {
    String sha256 = sha256(file);
    long bytes = Files.size(file);
    if (sha256.equals(stored)) {
      watcher.present(file);
      return;
    }
    String upload = unfinished(name, bytes, sha256);
    if (upload == null) {
      upload = begin(name, bytes, sha256);
    }
    if (bytes == 0) {
      watcher.sent(file, 0); // an empty file is whole when it is announced
    } else {
      watcher.sent(file, sendRest(upload, file, bytes));
    }
  }

  /** The path of an upload that this file can go on with; others of its name are given up. */
  private @Nullable String unfinished(String name, long bytes, String sha256) {
    String found = null;
    for (JsonNode upload : client.get(uploads).path("items")) {
      String path = uploads + "/" + upload.path("id").asString("");
      boolean same =
          upload.path("bytes").asLong(-1) == bytes
              && upload.path("sha256").asString("").equals(sha256);
      if (!upload.path("path").asString("").equals(name)) {
        continue;
      }
      if (same && found == null) {
        found = path;
      } else {
        var _ = client.tus("DELETE", path, BodyPublishers.noBody());
      }
    }
    return found;
  }

  private String begin(String name, long bytes, String sha256) {
    String location =
        client
            .tus(
                "POST",
                uploads,
                BodyPublishers.noBody(),
                "Upload-Length",
                Long.toString(bytes),
                "Upload-Metadata",
                "filename " + base64(name) + ",sha256 " + base64(sha256))
            .firstValue("Location")
            .orElseThrow(() -> new RefusedException(0, "the server names no upload for " + name));
    return uploads + location.substring(location.lastIndexOf('/'));
  }

  /** Sends the rest of a file; answers how much of it was there already. */
  private long sendRest(String upload, Path file, long bytes) {
    long end = System.nanoTime() + BUSY_MAX.toNanos();
    while (true) {
      long from = offset(upload);
      if (from == bytes) {
        return from;
      }
      try {
        var _ =
            client.tus(
                "PATCH",
                upload,
                rest(file, from, bytes),
                "Content-Type",
                BYTES,
                "Upload-Offset",
                Long.toString(from));
        return from;
      } catch (RefusedException e) {
        // What a connection that broke off brought may still be written there.
        if (!MOVING.contains(e.code()) || System.nanoTime() > end) {
          throw e;
        }
        pause();
      }
    }
  }

  private long offset(String upload) {
    return client
        .tus("HEAD", upload, BodyPublishers.noBody())
        .firstValueAsLong("Upload-Offset")
        .orElseThrow(() -> new RefusedException(0, "the server does not say how far an upload is"));
  }

  private BodyPublisher rest(Path file, long from, long bytes) {
    return BodyPublishers.fromPublisher(
        BodyPublishers.ofInputStream(() -> {
          try {
            InputStream in = Files.newInputStream(file);
            in.skipNBytes(from);
            return watcher.watch(file, from, in);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }),
        bytes - from);
  }

  private static void pause() {
    try {
      Thread.sleep(BUSY_PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the server", e);
    }
  }

  private static String sha256(Path file) throws IOException {
    MessageDigest digest = Digests.sha256();
    try (InputStream bytes = new DigestInputStream(Files.newInputStream(file), digest)) {
      bytes.transferTo(OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
