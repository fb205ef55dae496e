package dev.heddle.it;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import tools.jackson.databind.JsonNode;

/** Management as the holder of a key uses it. */
record ManagementClient(String key) {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();

  /** The platform's operator. */
  static ManagementClient operator() {
    return new ManagementClient(PlatformFixture.KEY);
  }

  /** A new tenant, seen by a key of its own with the scopes given. */
  static ManagementClient tenant(String name, String... scopes) {
    PlatformFixture.expect(
        201, operator().send("POST", "/api/v1/tenants", "{\"name\":\"" + name + "\"}"));
    return operator().makeKey("first of " + name, name, scopes);
  }

  /** A new key for a tenant, which this one acts for. */
  ManagementClient makeKey(String label, String tenant, String... scopes) {
    JsonNode made =
        PlatformFixture.expect(
            201, send("POST", "/api/v1/keys", newKey(label, scopes), "x-heddle-tenant", tenant));
    return new ManagementClient(made.path("key").stringValue());
  }

  /** A new key for the tenant of this one. */
  ManagementClient makeOwnKey(String label, String... scopes) {
    JsonNode made =
        PlatformFixture.expect(201, send("POST", "/api/v1/keys", newKey(label, scopes)));
    return new ManagementClient(made.path("key").stringValue());
  }

  static String newKey(String label, String... scopes) {
    return "{\"label\":\"" + label + "\",\"scopes\":[\"" + String.join("\",\"", scopes) + "\"]}";
  }

  /** The key's id, which stands in its text. */
  String id() {
    return key.split("_", -1)[1];
  }

  JsonNode get(String path, String... headers) {
    return PlatformFixture.expect(200, send("GET", path, "", headers));
  }

  int status(String method, String path) {
    return send(method, path, "").statusCode();
  }

  HttpResponse<String> send(String method, String path, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(PLATFORM.url() + path))
            .timeout(Duration.ofSeconds(60))
            .header("Authorization", "Bearer " + key)
            .header("Content-Type", "application/json")
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return PlatformFixture.send(request.build());
  }
}
