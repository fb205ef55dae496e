package dev.heddle.it;

import static dev.heddle.it.PlatformFixture.expect;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class TenantsTest {
  private static final ManagementClient OPERATOR = ManagementClient.operator();

  @Test
  void a_tenant_is_added_shown_and_changed() {
    HttpResponse<String> created =
        OPERATOR.send(
            "POST",
            "/api/v1/tenants",
            "{\"name\":\"acme\",\"weight\":5,\"limits\":{\"requests_per_minute\":60,\"stored_bytes\":0}}");
    JsonNode tenant = expect(201, created);
    assertThat(header(created, "Location")).isEqualTo("/api/v1/tenants/acme");
    assertThat(header(created, "ETag")).isEqualTo("\"1\"");
    assertThat(tenant.path("weight").intValue()).isEqualTo(5);
    assertThat(tenant.path("limits").path("stored_bytes").longValue()).isZero();
    assertThat(tenant.path("limits").path("tokens_per_minute").isNull()).isTrue();

    HttpResponse<String> changed =
        OPERATOR.send(
            "PATCH",
            "/api/v1/tenants/acme",
            "{\"limits\":{\"stored_bytes\":null,\"resident_slots\":7}}",
            "If-Match",
            "\"1\"");
    JsonNode limits = expect(200, changed).path("limits");
    assertThat(header(changed, "ETag")).isEqualTo("\"2\"");
    assertThat(limits.path("requests_per_minute").intValue()).isEqualTo(60);
    assertThat(limits.path("stored_bytes").isNull()).isTrue();
    assertThat(limits.path("resident_slots").intValue()).isEqualTo(7);
    assertThat(OPERATOR.get("/api/v1/tenants/acme")).isEqualTo(expect(200, changed));

    JsonNode late =
        expect(
            412,
            OPERATOR.send("PATCH", "/api/v1/tenants/acme", "{\"weight\":1}", "If-Match", "\"1\""));
    assertThat(late.path("code").stringValue()).isEqualTo("precondition_failed");
    expect(409, OPERATOR.send("POST", "/api/v1/tenants", "{\"name\":\"acme\"}"));
    expect(404, OPERATOR.send("PATCH", "/api/v1/tenants/nobody", "{\"weight\":1}"));
  }

  @Test
  void every_fault_of_a_tenant_is_named() {
    JsonNode problem =
        expect(
            400,
            OPERATOR.send(
                "POST",
                "/api/v1/tenants",
                "{\"name\":\"No Name\",\"weight\":0,\"wait\":1,"
                    + "\"limits\":{\"stored_bytes\":-1,\"tokens_per_minute\":\"many\",\"slots\":1}}"));

    assertThat(problem.path("violations"))
        .extracting(violation -> violation.path("where").stringValue())
        .containsExactlyInAnyOrder(
            "name",
            "weight",
            "wait",
            "limits.stored_bytes",
            "limits.tokens_per_minute",
            "limits.slots");
  }

  @Test
  void tenants_are_listed_in_parts() {
    IntStream.range(0, 3).forEach(i -> ManagementClient.tenant("listed-" + i, "adapters"));

    JsonNode first = OPERATOR.get("/api/v1/tenants?limit=2&after=listed-");
    JsonNode rest =
        OPERATOR.get("/api/v1/tenants?limit=2&after=" + first.path("next").stringValue());

    assertThat(first.path("items"))
        .extracting(tenant -> tenant.path("name").stringValue())
        .containsExactly("listed-0", "listed-1");
    assertThat(rest.path("items").get(0).path("name").stringValue()).isEqualTo("listed-2");
  }

  @Test
  void a_tenant_manages_its_own_keys_but_none_of_the_operators() {
    ManagementClient own = ManagementClient.tenant("keyed", "adapters");
    JsonNode made =
        expect(201, own.send("POST", "/api/v1/keys", ManagementClient.newKey("bot", "inference")));
    ManagementClient bot = new ManagementClient(made.path("key").stringValue());
    assertThat(bot.status("GET", "/v1/models")).isEqualTo(200);
    assertThat(made.path("last_used_at").isNull()).isTrue();

    JsonNode shown = own.get("/api/v1/keys/" + bot.id());
    assertThat(shown.has("key")).isFalse();
    assertThat(shown.path("label").stringValue()).isEqualTo("bot");
    assertThat(own.get("/api/v1/tenant").path("keys").intValue()).isEqualTo(2);

    expect(403, own.send("POST", "/api/v1/keys", ManagementClient.newKey("more", "admin")));
    ManagementClient admin = OPERATOR.makeKey("theirs", "keyed", "admin");
    assertThat(own.status("DELETE", "/api/v1/keys/" + admin.id())).isEqualTo(403);
    assertThat(own.status("DELETE", "/api/v1/keys/bootstrap")).isEqualTo(404);

    assertThat(own.status("DELETE", "/api/v1/keys/" + bot.id())).isEqualTo(200);
    assertThat(bot.status("GET", "/v1/models")).isEqualTo(401);
  }

  @Test
  void a_key_opens_nothing_from_its_expiry_on() throws InterruptedException {
    Instant expiry = Instant.now().plusMillis(1500);
    JsonNode made =
        expect(
            201,
            OPERATOR.send(
                "POST",
                "/api/v1/keys",
                "{\"label\":\"brief\",\"scopes\":[\"inference\"],\"expires_at\":\""
                    + expiry
                    + "\"}"));
    ManagementClient brief = new ManagementClient(made.path("key").stringValue());
    while (Instant.now().isBefore(expiry)) {
      Thread.sleep(50);
    }
    assertThat(brief.status("GET", "/v1/models")).isEqualTo(401);
    JsonNode problem =
        expect(
            400,
            OPERATOR.send(
                "POST",
                "/api/v1/keys",
                "{\"label\":\"\",\"scopes\":[\"root\"],\"expires_at\":\"" + expiry + "\"}"));
    assertThat(problem.path("violations")).hasSize(3);
  }

  @Test
  void an_operator_acts_for_a_tenant_and_sees_what_it_sees() {
    ManagementClient own = ManagementClient.tenant("acted-for", "adapters");
    String[] acting = {"x-heddle-tenant", "acted-for"};

    expect(201, OPERATOR.send("POST", "/api/v1/adapters/mine/versions", "", acting));

    assertThat(own.get("/api/v1/adapters").path("items")).hasSize(1);
    assertThat(OPERATOR.get("/api/v1/tenant", acting)).isEqualTo(own.get("/api/v1/tenant"));
    assertThat(own.get("/api/v1/tenant").path("adapters").intValue()).isOne();
    assertThat(own.get("/api/v1/audit?action=adapter.create").path("items").get(0).path("actor"))
        .hasToString("\"key:bootstrap\"");
    expect(404, OPERATOR.send("GET", "/api/v1/adapters", "", "x-heddle-tenant", "nobody"));
  }

  @ParameterizedTest
  @CsvSource({"acted-by-nobody", "default", "there-is-none"})
  void whoever_else_names_a_tenant_learns_nothing(String named) {
    ManagementClient own = ManagementClient.tenant("curious-" + named, "adapters", "inference");

    JsonNode refusal =
        expect(403, own.send("GET", "/api/v1/adapters", "", "x-heddle-tenant", named));
    assertThat(refusal.path("code").stringValue()).isEqualTo("insufficient_permissions");
    expect(403, own.send("GET", "/v1/models", "", "x-heddle-tenant", named));
    assertThat(own.status("GET", "/api/v1/tenants/" + named)).isEqualTo(403);
    assertThat(own.status("GET", "/api/v1/audit?tenant=" + named)).isEqualTo(403);
  }

  @Test
  void nothing_that_a_tenant_sees_names_another() {
    ManagementClient.tenant("unnameable-neighbour", "adapters");
    ManagementClient own = ManagementClient.tenant("looking-around", "adapters", "inference");
    for (String path :
        new String[] {
          "/api/v1/tenant", "/api/v1/keys", "/api/v1/audit", "/api/v1/adapters", "/v1/models"
        }) {
      assertThat(own.get(path).toString()).as(path).doesNotContain("unnameable", "default");
    }
  }

  private static String header(HttpResponse<String> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }
}
