package dev.heddle.it;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Three tenants on the shared platform: an owner with things, one that was granted its adapters,
 * and a stranger. Used by one thread.
 */
final class TenantWorld {
  static final String OWNER = "loom-owner";
  static final String GRANTED = "loom-granted";
  static final String STRANGER = "loom-stranger";

  /** A tenant that there is not; as long as {@link #OWNER}. */
  static final String NOBODY = "loom-nobdy";

  private static final PlatformFixture PLATFORM = PlatformFixture.get();

  /**
   * One of everything that a tenant has.
   *
   * @param adapter with version 1 ready and published, and version 2 uploading
   * @param alias of version 1
   * @param key public id of a key
   * @param upload id of an upload of version 2
   * @param scoring id of a scoring that is done
   */
  record Things(
      String adapter, String alias, String key, String upload, String scoring, String digest) {
    /** What is nobody's, in names and ids of the same shape. */
    Things absent() {
      return new Things(
          adapter.replaceFirst("weft", "none"),
          alias.replaceFirst("weft", "none"),
          "A".repeat(key.length()),
          "00000000-0000-7000-8000-000000000000",
          "00000000-0000-7000-8000-000000000001",
          "0".repeat(digest.length()));
    }
  }

  final Things own;
  final Things acted;
  final String ownerKey;
  final String grantedKey;
  final String strangerKey;
  final String inferenceKey;
  final String adaptersKey;
  final String operatorKey;
  final String expiredKey;
  final String revokedKey;

  TenantWorld() throws IOException, InterruptedException {
    for (String tenant : new String[] {OWNER, GRANTED, STRANGER}) {
      asOperator(null, "POST", "/api/v1/tenants", "{\"name\":\"" + tenant + "\"}", 201);
    }
    Instant end = Instant.now().plusSeconds(2);
    expiredKey = key(OWNER, "\"inference\",\"adapters\"", ",\"expires_at\":\"" + end + "\"");
    revokedKey = key(OWNER, "\"inference\",\"adapters\"", "");
    ownerKey = key(OWNER, "\"inference\",\"adapters\"", "");
    grantedKey = key(GRANTED, "\"inference\",\"adapters\"", "");
    strangerKey = key(STRANGER, "\"inference\",\"adapters\"", "");
    inferenceKey = key(STRANGER, "\"inference\"", "");
    adaptersKey = key(STRANGER, "\"adapters\"", "");
    operatorKey = key(STRANGER, "\"admin\"", "");
    asOperator(OWNER, "DELETE", "/api/v1/keys/" + id(revokedKey), "", 200);
    own = things("weft-own");
    acted = things("weft-act");
    while (Instant.now().isBefore(end.plusMillis(100))) {
      Thread.sleep(50);
    }
  }

  private Things things(String adapter) throws IOException, InterruptedException {
    String versions = "/api/v1/adapters/" + adapter + "/versions";
    asOperator(OWNER, "POST", versions, "", 201);
    for (String file : new String[] {"expert_cfg.json", "model.safetensors"}) {
      HttpResponse<String> stored =
          PlatformFixture.send(
              request(PlatformFixture.KEY, versions + "/1/files/" + file)
                  .header("x-heddle-tenant", OWNER)
                  .PUT(BodyPublishers.ofFile(PlatformFixture.DEMO.resolve("adapters/sql/" + file)))
                  .build());
      PlatformFixture.expect(200, stored);
    }
    JsonNode ready = asOperator(OWNER, "POST", versions + "/1:complete", "", 200);
    asOperator(OWNER, "POST", versions + "/1:publish", "", 200);
    asOperator(OWNER, "POST", versions, "", 201);
    String grant = "/api/v1/adapters/" + adapter + "/grants/" + GRANTED;
    asOperator(OWNER, "PUT", grant, "", 200);
    String alias = adapter + "-alias";
    asOperator(
        OWNER,
        "PUT",
        "/api/v1/aliases/" + alias,
        "{\"targets\":[{\"version\":\"" + adapter + "@1\"}]}",
        201);
    HttpResponse<String> upload =
        PlatformFixture.send(
            request(PlatformFixture.KEY, versions + "/2/uploads")
                .header("x-heddle-tenant", OWNER)
                .header("Tus-Resumable", "1.0.0")
                .header("Upload-Length", "9")
                .header("Upload-Metadata", "filename ZXhwZXJ0X2NmZy5qc29u")
                .POST(BodyPublishers.noBody())
                .build());
    String location = upload.headers().firstValue("location").orElseThrow();
    return new Things(
        adapter,
        alias,
        id(key(OWNER, "\"inference\"", "")),
        location.substring(location.lastIndexOf('/') + 1),
        scoring(),
        ready.path("digest").stringValue());
  }

  private static String scoring() throws InterruptedException {
    String path = "/api/v1/scorings";
    String id =
        asOperator(OWNER, "POST", path, "{\"text\":\"a b c\"}", 202).path("id").stringValue();
    while (!asOperator(OWNER, "GET", path + "/" + id, "", 200)
        .path("state")
        .stringValue()
        .equals("DONE")) {
      Thread.sleep(20);
    }
    return id;
  }

  /** A new key of a tenant; its text. */
  private static String key(String tenant, String scopes, String more) {
    String body = "{\"label\":\"matrix\",\"scopes\":[" + scopes + "]" + more + "}";
    return asOperator(tenant, "POST", "/api/v1/keys", body, 201).path("key").stringValue();
  }

  private static String id(String key) {
    return key.split("_")[1];
  }

  static JsonNode asOperator(
      @org.jspecify.annotations.Nullable String tenant,
      String method,
      String path,
      String body,
      int status) {
    Map<String, String> headers = tenant == null ? Map.of() : Map.of("x-heddle-tenant", tenant);
    return PlatformFixture.expect(status, send(PlatformFixture.KEY, method, path, headers, body));
  }

  static HttpResponse<String> send(
      @org.jspecify.annotations.Nullable String key,
      String method,
      String path,
      Map<String, String> headers,
      String body) {
    BodyPublisher publisher =
        body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body);
    HttpRequest.Builder request = request(key, path).method(method, publisher);
    if (!headers.containsKey("Content-Type") && !body.isEmpty()) {
      request.header("Content-Type", "application/json");
    }
    headers.forEach(request::header);
    return PlatformFixture.send(request.build());
  }

  private static HttpRequest.Builder request(
      @org.jspecify.annotations.Nullable String key, String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(PLATFORM.url() + path)).timeout(Duration.ofSeconds(60));
    return key == null ? request : request.header("Authorization", "Bearer " + key);
  }
}
