package dev.heddle.it;

import static dev.heddle.it.PlatformFixture.expect;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class AuditTest {
  private static final ManagementClient OPERATOR = ManagementClient.operator();

  @Test
  void a_tenants_trail_tells_who_did_what_and_how_it_was_before_and_after() {
    ManagementClient own = ManagementClient.tenant("audited", "adapters");
    expect(200, OPERATOR.send("PATCH", "/api/v1/tenants/audited", "{\"weight\":9}"));
    ManagementClient made = own.makeOwnKey("second", "inference");
    expect(200, own.send("DELETE", "/api/v1/keys/" + made.id(), ""));
    expect(201, own.send("POST", "/api/v1/adapters/thing/versions", ""));

    List<JsonNode> trail = all(own, "/api/v1/audit?limit=2");

    assertThat(trail)
        .extracting(entry -> entry.path("action").stringValue())
        .containsSubsequence(
            "version.create", "adapter.create", "key.revoke", "key.create", "tenant.update")
        .endsWith("tenant.create");
    assertThat(trail).allMatch(entry -> entry.path("tenant").stringValue().equals("audited"));
    JsonNode update = only(own, "/api/v1/audit?action=tenant.update");
    assertThat(update.path("actor").stringValue()).isEqualTo("key:bootstrap");
    assertThat(update.path("subject").stringValue()).isEqualTo("audited");
    assertThat(update.path("before").path("weight").intValue()).isEqualTo(1);
    assertThat(update.path("after").path("weight").intValue()).isEqualTo(9);
    JsonNode revoked = only(own, "/api/v1/audit?action=key.revoke&subject=" + made.id());
    assertThat(revoked.path("actor").stringValue()).isEqualTo("key:" + own.id());
    assertThat(revoked.path("before").path("revoked_at").isNull()).isTrue();
    assertThat(revoked.path("after").path("revoked_at").isString()).isTrue();
    assertThat(trail.toString()).doesNotContain(made.key());
    assertThat(own.get("/api/v1/audit?since=2100-01-01T00:00:00Z").path("items")).isEmpty();
    assertThat(own.status("GET", "/api/v1/audit?since=yesterday")).isEqualTo(400);
  }

  @Test
  void an_operator_reads_every_trail_and_the_platforms() {
    ManagementClient.tenant("watched", "adapters");

    JsonNode base = only(OPERATOR, "/api/v1/audit?action=base-model.register");
    assertThat(base.path("tenant").isNull()).isTrue();
    assertThat(base.path("actor").stringValue()).isEqualTo("system");
    assertThat(all(OPERATOR, "/api/v1/audit?tenant=watched"))
        .isEqualTo(all(OPERATOR, "/api/v1/audit", "x-heddle-tenant", "watched"))
        .extracting(entry -> entry.path("action").stringValue())
        .containsExactly("key.create", "tenant.create");
    assertThat(OPERATOR.get("/api/v1/audit?limit=1000").path("items"))
        .extracting(entry -> entry.path("tenant").toString())
        .contains("\"watched\"", "\"default\"");
    assertThat(OPERATOR.status("GET", "/api/v1/audit?tenant=nobody")).isEqualTo(404);
  }

  private static JsonNode only(ManagementClient client, String path) {
    JsonNode items = client.get(path).path("items");
    assertThat(items).as(path).hasSize(1);
    return items.get(0);
  }

  /** Part after part. */
  private static List<JsonNode> all(ManagementClient client, String path, String... headers) {
    List<JsonNode> items = new ArrayList<>();
    String next = "";
    while (true) {
      JsonNode page = client.get(path + next, headers);
      page.path("items").forEach(items::add);
      if (page.path("next").isNull()) {
        return items;
      }
      next = (path.contains("?") ? "&" : "?") + "after=" + page.path("next").stringValue();
    }
  }
}
