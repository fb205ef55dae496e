package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tus.java.client.ProtocolException;
import io.tus.java.client.TusClient;
import io.tus.java.client.TusExecutor;
import io.tus.java.client.TusURLMemoryStore;
import io.tus.java.client.TusUpload;
import io.tus.java.client.TusUploader;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Uploads with tus-java-client, as its users write it. */
class TusClientTest {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();
  private static final Path ADAPTER = PlatformFixture.DEMO.resolve("adapters/sql");
  private static final int CHUNK = 256 << 10;

  @Test
  void an_adapter_uploaded_with_breaks_is_the_one_uploaded_by_put() throws Exception {
    String version = PLATFORM.begin("by-tus");
    TusClient client = client(version);
    for (String file : new String[] {"expert_cfg.json", "model.safetensors"}) {
      TusUpload upload = new TusUpload(ADAPTER.resolve(file).toFile());
      TusUploader uploader = client.resumeOrCreateUpload(upload);
      for (long at = 0; at < upload.getSize(); at = uploader.getOffset()) {
        uploader.setChunkSize(CHUNK);
        uploader.setRequestPayloadSize(CHUNK);
        uploader.uploadChunk();
        uploader.finish(false); // the connection ends here; the next one asks for the offset
        uploader = client.resumeUpload(upload = new TusUpload(ADAPTER.resolve(file).toFile()));
        assertThat(uploader.getOffset()).isGreaterThan(at);
      }
      uploader.finish();
    }
    JsonNode ready = PlatformFixture.expect(200, PLATFORM.post(version + ":complete", ""));
    JsonNode put = PlatformFixture.expect(200, PLATFORM.get("/api/v1/adapters/sql/versions/1"));
    assertThat(ready.path("digest")).isEqualTo(put.path("digest"));
  }

  @Test
  void a_client_that_was_cut_off_amid_a_request_goes_on_where_the_server_is() throws Exception {
    String version = PLATFORM.begin("by-tus-cut");
    Path file = ADAPTER.resolve("model.safetensors");
    TusClient client = client(version);
    URL upload = client.createUpload(new TusUpload(file.toFile())).getUploadURL();
    long kept = offsetOfBrokenPart(upload, file);
    assertThat(kept).isLessThanOrEqualTo(CHUNK);

    List<Long> resumedAt = new ArrayList<>();
    TusExecutor executor =
        new TusExecutor() {
          @Override
          protected void makeAttempt() throws ProtocolException, IOException {
            TusUploader uploader =
                client.beginOrResumeUploadFromURL(new TusUpload(file.toFile()), upload);
            resumedAt.add(uploader.getOffset());
            while (uploader.uploadChunk() > -1) {
              assertThat(uploader.getOffset()).isLessThanOrEqualTo(Files.size(file));
            }
            uploader.finish();
          }
        };
    executor.setDelays(new int[] {50, 100, 200, 400, 800});
    assertThat(executor.makeAttempts()).isTrue();

    assertThat(resumedAt.getFirst()).isEqualTo(kept);
    JsonNode files = PlatformFixture.expect(200, PLATFORM.get(version + "/files")).path("items");
    assertThat(files).hasSize(1);
    assertThat(files.get(0).path("sha256").stringValue()).isEqualTo(sha256(file));
  }

  @Test
  void what_is_refused_is_refused_before_a_byte_is_sent() {
    String version = PLATFORM.begin("by-tus-refused");
    assertThatThrownBy(() -> client(version).createUpload(named("model.bin", 10)))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("400");
    assertThatThrownBy(() -> client(version).createUpload(named("a.safetensors", 1L << 50)))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("413");
    assertThatThrownBy(() -> client(version + "9").createUpload(named("a.safetensors", 1)))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("404");
  }

  /** Breaks off later each time: what breaks off before the server reads it leaves nothing. */
  private static long offsetOfBrokenPart(URL upload, Path file) throws Exception {
    for (int millis = 100; millis <= 6400; millis *= 2) {
      sendPart(upload, file, CHUNK, millis);
      long offset = offsetOnceMoved(upload);
      if (offset > 0) {
        return offset;
      }
    }
    throw new AssertionError("nothing of the part was kept");
  }

  /** Begins a request that announces all of the file, and breaks off in it after a while. */
  private static void sendPart(URL upload, Path file, int bytes, int millis)
      throws IOException, InterruptedException {
    try (Socket socket = new Socket(upload.getHost(), upload.getPort())) {
      OutputStream out = socket.getOutputStream();
      String head =
          """
          PATCH %s HTTP/1.1
          Host: localhost
          Authorization: Bearer %s
          Tus-Resumable: 1.0.0
          Upload-Offset: 0
          Content-Type: application/offset+octet-stream
          Content-Length: %d

          """
              .formatted(upload.getPath(), PlatformFixture.KEY, Files.size(file));
      out.write(head.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
      out.write(Arrays.copyOf(Files.readAllBytes(file), bytes));
      out.flush();
      Thread.sleep(millis);
    }
  }

  private static long offsetOnceMoved(URL upload) throws InterruptedException {
    for (int tries = 0; tries < 100; tries++) {
      long offset =
          PlatformFixture.send(
                  PLATFORM
                      .request(upload.getPath())
                      .header("Tus-Resumable", "1.0.0")
                      .method("HEAD", BodyPublishers.noBody())
                      .build())
              .headers()
              .firstValueAsLong("Upload-Offset")
              .orElseThrow();
      if (offset > 0) {
        return offset;
      }
      Thread.sleep(20);
    }
    return 0;
  }

  private static String sha256(Path file) throws Exception {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
    return HexFormat.of().formatHex(digest);
  }

  private static TusUpload named(String name, long size) {
    TusUpload upload = new TusUpload();
    upload.setMetadata(Map.of("filename", name));
    upload.setSize(size);
    return upload;
  }

  private static TusClient client(String version) throws IOException {
    TusClient client = new TusClient();
    client.setUploadCreationURL(URI.create(PLATFORM.url() + version + "/uploads").toURL());
    client.setHeaders(Map.of("Authorization", "Bearer " + PlatformFixture.KEY));
    client.enableResuming(new TusURLMemoryStore());
    return client;
  }
}
