package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What tus 1.0.0 asks of a server, status by status. */
class TusProtocolTest {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();
  private static final String BYTES = "application/offset+octet-stream";
  private static final String TEXT = "0123456789";
  private static final String NAME = "filename " + base64("README.md");
  private static final String UPLOADS = PLATFORM.begin("tus") + "/uploads";

  @Test
  void options_say_what_is_supported_without_being_told_a_version() {
    HttpResponse<String> options =
        PlatformFixture.send(
            PLATFORM.request(UPLOADS).method("OPTIONS", BodyPublishers.noBody()).build());
    assertThat(options.statusCode()).isEqualTo(204);
    assertThat(header(options, "Tus-Resumable")).isEqualTo("1.0.0");
    assertThat(header(options, "Tus-Version")).isEqualTo("1.0.0");
    assertThat(header(options, "Tus-Extension").split(","))
        .contains("creation", "creation-with-upload", "checksum", "termination", "expiration");
    assertThat(header(options, "Tus-Checksum-Algorithm")).isEqualTo("sha1,sha256");
    assertThat(Long.parseLong(header(options, "Tus-Max-Size"))).isGreaterThan(1L << 32);
  }

  @Test
  void an_upload_is_created_written_asked_for_and_terminated() {
    String upload = create();
    HttpResponse<String> part = patch(upload, 0, "01234");
    assertThat(part.statusCode()).isEqualTo(204);
    assertThat(header(part, "Upload-Offset")).isEqualTo("5");
    assertThat(header(part, "Upload-Expires")).endsWith("GMT");
    HttpResponse<String> head = send(tus(upload).method("HEAD", BodyPublishers.noBody()));
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(header(head, "Upload-Offset")).isEqualTo("5");
    assertThat(header(head, "Upload-Length")).isEqualTo("10");
    assertThat(header(head, "Upload-Metadata")).isEqualTo(NAME);
    assertThat(header(head, "Cache-Control")).isEqualTo("no-store");
    assertThat(send(tus(upload).DELETE()).statusCode()).isEqualTo(204);
    assertThat(send(tus(upload).method("HEAD", BodyPublishers.noBody())).statusCode())
        .isEqualTo(404);
    assertThat(patch(upload, 5, "56789").statusCode()).isEqualTo(404);
  }

  @Test
  void a_request_of_another_version_is_refused_with_the_one_supported() {
    HttpResponse<String> refused =
        PlatformFixture.send(
            PLATFORM
                .request(UPLOADS)
                .header("Tus-Resumable", "0.2.2")
                .POST(BodyPublishers.noBody())
                .build());
    assertThat(refused.statusCode()).isEqualTo(412);
    assertThat(header(refused, "Tus-Version")).isEqualTo("1.0.0");
    assertThat(header(refused, "Tus-Resumable")).isEqualTo("1.0.0");
  }

  @Test
  void a_part_at_the_wrong_place_or_of_the_wrong_kind_changes_nothing() {
    String upload = create();
    assertThat(patch(upload, 3, "345").statusCode()).isEqualTo(409);
    assertThat(patch(upload, 0, TEXT + "and more").statusCode()).isEqualTo(400);
    HttpRequest.Builder wrong =
        tus(upload).header("Upload-Offset", "0").header("Content-Type", "text/plain");
    assertThat(send(wrong.method("PATCH", BodyPublishers.ofString(TEXT))).statusCode())
        .isEqualTo(415);
    assertThat(patch(UPLOADS + "/" + UUID.randomUUID(), 0, TEXT).statusCode()).isEqualTo(404);
    assertThat(patch(UPLOADS + "/no-id", 0, TEXT).statusCode()).isEqualTo(404);
    assertThat(header(patch(upload, 0, TEXT), "Upload-Offset")).isEqualTo("10");
  }

  @Test
  void a_part_whose_checksum_differs_is_dropped_as_a_whole() throws Exception {
    String upload = create();
    assertThat(checked(upload, 0, "01234", "sha1 " + digest("SHA-1", "01235")).statusCode())
        .isEqualTo(460);
    assertThat(checked(upload, 0, "01234", "crc32 AAAA").statusCode()).isEqualTo(400);
    assertThat(checked(upload, 0, "01234", "sha1 " + digest("SHA-1", "01234")).statusCode())
        .isEqualTo(204);
    HttpResponse<String> last = checked(upload, 5, "56789", "sha256 " + digest("SHA-256", "56789"));
    assertThat(header(last, "Upload-Offset")).isEqualTo("10");
  }

  @Test
  void a_file_comes_with_its_creation_where_it_is_small() {
    HttpRequest.Builder creation =
        tus(UPLOADS)
            .header("Upload-Length", "10")
            .header("Upload-Metadata", NAME)
            .header("Content-Type", BYTES)
            .POST(BodyPublishers.ofString(TEXT));
    HttpResponse<String> created = send(creation);
    assertThat(created.statusCode()).isEqualTo(201);
    assertThat(header(created, "Upload-Offset")).isEqualTo("10");
    String upload = header(created, "Location");
    assertThat(header(send(tus(upload).method("HEAD", BodyPublishers.noBody())), "Upload-Offset"))
        .isEqualTo("10");
  }

  @Test
  void clients_without_patch_say_so_in_a_header() {
    String upload = create();
    HttpResponse<String> part =
        send(
            tus(upload)
                .header("X-HTTP-Method-Override", "PATCH")
                .header("Upload-Offset", "0")
                .header("Content-Type", BYTES)
                .POST(BodyPublishers.ofString("01")));
    assertThat(header(part, "Upload-Offset")).isEqualTo("2");
    assertThat(
            send(tus(upload)
                    .header("X-HTTP-Method-Override", "DELETE")
                    .POST(BodyPublishers.noBody()))
                .statusCode())
        .isEqualTo(204);
  }

  @Test
  void everything_wrong_with_an_announcement_is_named_at_once() {
    HttpResponse<String> refused =
        send(tus(UPLOADS).header("Upload-Metadata", "sha256 AAAA").POST(BodyPublishers.noBody()));
    assertThat(PlatformFixture.expect(400, refused).path("violations")).hasSize(3);
  }

  @Test
  void a_file_that_is_not_what_its_digest_says_is_given_up() throws Exception {
    String metadata = NAME + ",sha256 " + base64("0".repeat(64));
    HttpResponse<String> created =
        send(
            tus(UPLOADS)
                .header("Upload-Length", "10")
                .header("Upload-Metadata", metadata)
                .POST(BodyPublishers.noBody()));
    HttpResponse<String> last = patch(header(created, "Location"), 0, TEXT);
    assertThat(last.statusCode()).isEqualTo(400);
    assertThat(last.body()).contains("file-digest");
    assertThat(patch(header(created, "Location"), 0, TEXT).statusCode()).isEqualTo(404);
  }

  private static String create() {
    HttpResponse<String> created =
        send(
            tus(UPLOADS)
                .header("Upload-Length", "10")
                .header("Upload-Metadata", NAME)
                .POST(BodyPublishers.noBody()));
    assertThat(created.statusCode()).isEqualTo(201);
    return header(created, "Location");
  }

  private static HttpResponse<String> patch(String upload, long offset, String text) {
    return send(part(upload, offset, text));
  }

  private static HttpResponse<String> checked(
      String upload, long offset, String text, String checksum) {
    return send(part(upload, offset, text).header("Upload-Checksum", checksum));
  }

  private static HttpRequest.Builder part(String upload, long offset, String text) {
    return tus(upload)
        .header("Upload-Offset", Long.toString(offset))
        .header("Content-Type", BYTES)
        .method("PATCH", BodyPublishers.ofString(text));
  }

  private static HttpRequest.Builder tus(String path) {
    return PLATFORM.request(path).header("Tus-Resumable", "1.0.0");
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) {
    return PlatformFixture.send(request.build());
  }

  private static String header(HttpResponse<String> response, String name) {
    return response
        .headers()
        .firstValue(name)
        .orElse("no " + name + " in " + response.statusCode());
  }

  private static String digest(String algorithm, String text) throws NoSuchAlgorithmException {
    byte[] digest =
        MessageDigest.getInstance(algorithm).digest(text.getBytes(StandardCharsets.US_ASCII));
    return Base64.getEncoder().encodeToString(digest);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }
}
