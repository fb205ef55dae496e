package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Names from outside: set, canaried, contested, rolled back, freed. */
class AliasTest {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();
  private static final String ALIASES = "/api/v1/aliases/";
  private static final String ADAPTERS = "/api/v1/adapters/";

  @Test
  void the_life_of_an_alias() throws IOException {
    PLATFORM.upload("lived", "intent");
    PLATFORM.upload("lived", "intent-v2");

    HttpResponse<String> made = put("life", "{\"targets\":[{\"version\":\"lived@1\"}]}", null);
    assertThat(PlatformFixture.expect(201, made).path("kind").stringValue()).isEqualTo("alias");
    assertThat(made.headers().firstValue("location")).hasValue(ALIASES + "life");
    assertThat(made.headers().firstValue("etag")).hasValue("\"1\"");
    assertThat(answering("life")).containsExactly("lived@1");

    String canary =
        "{\"targets\":[{\"version\":\"lived@1\",\"weight\":1},"
            + "{\"version\":\"lived@2\",\"weight\":1}]}";
    PlatformFixture.expect(412, put("life", canary, "\"7\""));
    assertThat(answering("life")).containsExactly("lived@1");
    HttpResponse<String> changed = put("life", canary, "\"1\"");
    PlatformFixture.expect(200, changed);
    assertThat(changed.headers().firstValue("etag")).hasValue("\"2\"");
    assertThat(answering("life")).containsExactly("lived@1", "lived@2");

    JsonNode inUse = PlatformFixture.expect(409, PLATFORM.delete(ADAPTERS + "lived/versions/2"));
    assertThat(inUse.path("code").stringValue()).isEqualTo("version_published");
    assertThat(inUse.path("detail").stringValue()).contains("life");

    PlatformFixture.expect(200, PLATFORM.post(ALIASES + "life:rollback", ""));
    assertThat(answering("life")).containsExactly("lived@1");
    assertThat(
            PlatformFixture.expect(409, PLATFORM.post(ALIASES + "life:rollback", ""))
                .path("code")
                .stringValue())
        .isEqualTo("nothing_before");
    PlatformFixture.expect(200, PLATFORM.post(ALIASES + "life:rollback", "{\"to_revision\":2}"));
    JsonNode history = PlatformFixture.expect(200, PLATFORM.get(ALIASES + "life/history?limit=2"));
    assertThat(history.path("items").get(0).path("restores").longValue()).isEqualTo(2);
    assertThat(history.path("items").get(1).path("restores").longValue()).isEqualTo(1);
    assertThat(history.path("next").stringValue()).isEqualTo("3");

    JsonNode freed = PlatformFixture.expect(200, PLATFORM.delete(ALIASES + "life"));
    assertThat(freed.path("targets")).isEmpty();
    PlatformFixture.expect(
        404, PLATFORM.post("/v1/completions", "{\"model\":\"life\",\"prompt\":\"a\"}"));
    PlatformFixture.expect(200, PLATFORM.delete(ADAPTERS + "lived/versions/2"));
    JsonNode gone =
        PlatformFixture.expect(
            409, PLATFORM.post(ALIASES + "life:rollback", "{\"to_revision\":2}"));
    assertThat(gone.path("detail").stringValue()).contains("lived@2 is ARCHIVED");
    assertThat(PlatformFixture.expect(409, newAdapter("life")).path("code").stringValue())
        .isEqualTo("name_taken");
  }

  @Test
  void an_adapter_is_published_rolled_back_and_described_by_revision() throws IOException {
    HttpResponse<String> made =
        PLATFORM.post(
            "/api/v1/adapters", "{\"name\":\"told\",\"labels\":{\"team\":\"it\",\"x\":\"y\"}}");
    assertThat(PlatformFixture.expect(201, made).path("visibility").stringValue())
        .isEqualTo("private");
    PLATFORM.upload("told", "intent");
    PLATFORM.upload("told", "intent-v2");
    for (int number = 1; number <= 2; number++) {
      PlatformFixture.expect(
          200, PLATFORM.post(ADAPTERS + "told/versions/" + number + ":publish", ""));
    }

    HttpResponse<String> back = PLATFORM.post(ADAPTERS + "told:rollback", "");
    assertThat(PlatformFixture.expect(200, back).path("published").intValue()).isEqualTo(1);
    assertThat(answering("told")).containsExactly("told@1");
    PlatformFixture.expect(409, PLATFORM.delete(ADAPTERS + "told"));

    String seen = back.headers().firstValue("etag").orElseThrow();
    String patch = "{\"description\":\"told so\",\"labels\":{\"x\":null}}";
    HttpResponse<String> patched = patch("told", patch, seen);
    JsonNode adapter = PlatformFixture.expect(200, patched);
    assertThat(adapter.path("labels").toString()).isEqualTo("{\"team\":\"it\"}");
    PlatformFixture.expect(412, patch("told", "{\"description\":\"too late\"}", seen));
    ObjectNode listed =
        (ObjectNode)
            PlatformFixture.expect(200, PLATFORM.get("/api/v1/adapters?label=team=it&prefix=to"))
                .path("items")
                .get(0);
    listed.remove("resident"); // lists alone tell it
    assertThat((JsonNode) listed).isEqualTo(adapter);
    JsonNode version =
        PlatformFixture.expect(200, PLATFORM.get(ADAPTERS + "told/versions/1?experts=true"));
    assertThat(version.path("experts").get(0).path("digest").stringValue()).startsWith("sha256:");
  }

  @Test
  void grants_open_an_adapter_and_tell_nothing_of_tenants() {
    PlatformFixture.expect(201, newAdapter("lent"));
    String grants = ADAPTERS + "lent/grants";

    JsonNode granted = PlatformFixture.expect(200, grant(grants + "/no-such-tenant"));

    assertThat(granted.path("tenant").stringValue()).isEqualTo("no-such-tenant");
    assertThat(
            PlatformFixture.expect(200, PLATFORM.get(ADAPTERS + "lent"))
                .path("visibility")
                .stringValue())
        .isEqualTo("granted");
    assertThat(PlatformFixture.expect(200, PLATFORM.get(grants)).path("items").get(0))
        .isEqualTo(granted);
    assertThat(PLATFORM.delete(grants + "/no-such-tenant").statusCode()).isEqualTo(204);
    assertThat(PlatformFixture.expect(200, PLATFORM.get(grants)).path("items")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{} | 1",
        "{'targets':[]} | 1",
        "{'targets':[1,{'version':'x','weight':0},{}],'also':1} | 5",
        "{'targets':[{'version':'sql@1'},{'version':'sql@1'}]} | 1",
        "{'targets':[{'version':'sql@99'},{'version':'nobody@1'}]} | 2",
      })
  void every_fault_of_targets_is_named(String body, int faults) {
    JsonNode problem = PlatformFixture.expect(400, put("bad", body.replace('\'', '"'), null));

    assertThat(problem.path("violations").size()).isEqualTo(faults);
    PlatformFixture.expect(404, PLATFORM.get(ALIASES + "bad"));
  }

  /** Versions that answer requests with many different sticky keys, each the same one twice. */
  private static Set<String> answering(String model) {
    Set<String> versions = new TreeSet<>();
    String body = "{\"model\":\"" + model + "\",\"prompt\":\"a\",\"max_tokens\":1}";
    for (int key = 0; key < 24; key++) {
      String first = versionOf(body, "user-" + key);
      assertThat(versionOf(body, "user-" + key)).isEqualTo(first);
      versions.add(first);
    }
    return versions;
  }

  private static String versionOf(String body, String sticky) {
    HttpResponse<String> response =
        PlatformFixture.send(
            PLATFORM.jsonPost("/v1/completions", body).header("x-heddle-sticky", sticky).build());
    PlatformFixture.expect(200, response);
    return response.headers().firstValue("x-heddle-version").orElseThrow();
  }

  private static HttpResponse<String> newAdapter(String name) {
    return PLATFORM.post("/api/v1/adapters", "{\"name\":\"" + name + "\"}");
  }

  private static HttpResponse<String> put(String alias, String body, @Nullable String tag) {
    return change("PUT", ALIASES + alias, body, tag);
  }

  private static HttpResponse<String> patch(String adapter, String body, @Nullable String tag) {
    return change("PATCH", ADAPTERS + adapter, body, tag);
  }

  private static HttpResponse<String> grant(String path) {
    return PlatformFixture.send(PLATFORM.request(path).PUT(BodyPublishers.noBody()).build());
  }

  private static HttpResponse<String> change(
      String method, String path, String body, @Nullable String tag) {
    var request =
        PLATFORM
            .request(path)
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body));
    if (tag != null) {
      request.header("If-Match", tag);
    }
    return PlatformFixture.send(request.build());
  }
}
