package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.registry.access.TenantLimits;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class QuotaTest {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();
  private static final String CHAT = "/v1/chat/completions";
  private static final String PROMPT = "turn on the lights in the kitchen";

  @Test
  void requests_a_minute_are_counted_down_in_headers_and_then_refused() {
    TenantFixture tenant =
        new TenantFixture(PLATFORM, new TenantLimits(1, 2L, null, null, null, null));
    ObjectNode request = PlatformFixture.chat("base", PROMPT).put("max_tokens", 2);
    HttpResponse<String> first = tenant.post(CHAT, request.toString());
    HttpResponse<String> stream = tenant.post(CHAT, request.put("stream", true).toString());
    HttpResponse<String> refused = tenant.post(CHAT, request.toString());

    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(header(first, "x-ratelimit-limit-requests")).isEqualTo("2");
    assertThat(header(first, "x-ratelimit-remaining-requests")).isEqualTo("1");
    assertThat(header(first, "x-ratelimit-reset-requests")).isEqualTo("30s");
    assertThat(first.headers().firstValue("x-ratelimit-limit-tokens")).isEmpty();
    assertThat(stream.statusCode()).isEqualTo(200);
    assertThat(header(stream, "x-ratelimit-remaining-requests")).isEqualTo("0");
    refusedBy("requests_per_minute", refused);
    assertThat(header(refused, "x-ratelimit-remaining-requests")).isEqualTo("0");
    assertThat(Integer.parseInt(header(refused, "Retry-After"))).isBetween(1, 30);
  }

  @Test
  void tokens_are_reserved_for_the_longest_answer_and_given_back_when_it_is_shorter() {
    TenantFixture tenant =
        new TenantFixture(PLATFORM, new TenantLimits(1, null, 1500L, null, null, null))
            .granted("intent");
    ObjectNode request = PlatformFixture.chat("default/intent", PROMPT).put("max_tokens", 900);
    for (int i = 0; i < 6; i++) {
      HttpResponse<String> response = tenant.post(CHAT, request.toString());
      JsonNode usage = PlatformFixture.expect(200, response).path("usage");
      assertThat(usage.path("total_tokens").intValue()).isLessThan(100);
      assertThat(Integer.parseInt(header(response, "x-ratelimit-remaining-tokens")))
          .as("while it is reserved")
          .isBetween(0, 600);
    }
    assertThat(tenant.consumption().tokens().remaining()).isGreaterThan(900);

    HttpResponse<String> never = tenant.post(CHAT, request.put("n", 2).toString());
    JsonNode error = PlatformFixture.expect(400, never).path("error");
    assertThat(error.path("code").stringValue()).isEqualTo("request_over_limit");
    assertThat(error.path("param").stringValue()).isEqualTo("tokens_per_minute");
  }

  @Test
  void a_tenant_over_its_rate_is_refused_before_its_prompt_is_looked_at() {
    TenantFixture tenant =
        new TenantFixture(PLATFORM, new TenantLimits(1, 1L, null, null, null, null));
    String tooLong = PlatformFixture.chat("base", "word ".repeat(50_000)).toString();
    PlatformFixture.expect(400, tenant.post(CHAT, tooLong));
    PlatformFixture.expect(
        200,
        tenant.post(CHAT, PlatformFixture.chat("base", PROMPT).put("max_tokens", 1).toString()));

    refusedBy("requests_per_minute", tenant.post(CHAT, tooLong));
    refusedBy("requests_per_minute", tenant.post(CHAT, "no JSON"));
  }

  @Test
  void a_refused_request_costs_nothing() {
    TenantFixture tenant =
        new TenantFixture(PLATFORM, new TenantLimits(1, 100L, 100_000L, 8, null, null));
    PlatformFixture.expect(404, tenant.post(CHAT, PlatformFixture.chat("no", PROMPT).toString()));
    PlatformFixture.expect(400, tenant.post(CHAT, "{}"));
    PlatformFixture.expect(
        400, tenant.post(CHAT, PlatformFixture.chat("base", PROMPT).put("n", 9).toString()));

    assertThat(tenant.consumption().requests().remaining()).isEqualTo(100);
    assertThat(tenant.consumption().tokens().remaining()).isEqualTo(100_000);
    assertThat(tenant.consumption().concurrentSequences()).isZero();
  }

  @Test
  void sequences_are_free_again_when_their_client_leaves() throws Exception {
    TenantFixture tenant =
        new TenantFixture(PLATFORM, new TenantLimits(1, null, 100_000L, 8, null, null));
    HttpResponse<InputStream> stream = open(tenant, endless("base").put("n", 8));
    HttpResponse<String> refused =
        tenant.post(CHAT, PlatformFixture.chat("base", PROMPT).toString());
    stream.body().close();

    refusedBy("concurrent_sequences", refused);
    awaitNothingInFlight(tenant);
    PlatformFixture.expect(
        200, tenant.post(CHAT, PlatformFixture.chat("base", PROMPT).put("n", 8).toString()));
    assertThat(tenant.consumption().tokens().remaining())
        .as("far less than was reserved was used")
        .isGreaterThan(90_000);
  }

  @Test
  void adapters_in_flight_are_held_to_the_tenants_slots() throws Exception {
    TenantFixture tenant =
        new TenantFixture(PLATFORM, new TenantLimits(1, null, null, null, null, 45))
            .granted("intent")
            .granted("sql");
    HttpResponse<InputStream> stream = open(tenant, endless("default/intent").put("n", 8));
    HttpResponse<String> same =
        tenant.post(CHAT, PlatformFixture.chat("default/intent", PROMPT).toString());
    HttpResponse<String> other =
        tenant.post(CHAT, PlatformFixture.chat("default/sql", PROMPT).toString());
    HttpResponse<String> base = tenant.post(CHAT, PlatformFixture.chat("base", PROMPT).toString());
    int slots = tenant.consumption().residentSlots();
    stream.body().close();

    assertThat(slots).as("of intent alone").isBetween(1, 45);
    assertThat(same.statusCode()).isEqualTo(200);
    refusedBy("resident_slots", other);
    assertThat(base.statusCode()).isEqualTo(200);
    awaitNothingInFlight(tenant);
    assertThat(tenant.consumption().residentSlots()).isZero();
  }

  private static void refusedBy(String limit, HttpResponse<String> response) {
    JsonNode error = PlatformFixture.expect(429, response).path("error");
    assertThat(error.path("code").stringValue()).isEqualTo("rate_limit_exceeded");
    assertThat(error.path("param").stringValue()).isEqualTo(limit);
    assertThat(error.path("message").stringValue()).contains(limit);
    assertThat(header(response, "x-heddle-limit")).isEqualTo(limit);
    assertThat(Integer.parseInt(header(response, "Retry-After"))).isPositive();
  }

  private static ObjectNode endless(String model) {
    return PlatformFixture.chat(model, PROMPT)
        .put("ignore_eos", true)
        .put("max_tokens", 900)
        .put("stream", true);
  }

  /** A stream that has begun. */
  private static HttpResponse<InputStream> open(TenantFixture tenant, ObjectNode request)
      throws Exception {
    HttpResponse<InputStream> response =
        PlatformFixture.client()
            .send(tenant.jsonPost(CHAT, request.toString()).build(), BodyHandlers.ofInputStream());
    assertThat(response.statusCode()).isEqualTo(200);
    return response;
  }

  private static void awaitNothingInFlight(TenantFixture tenant) {
    await().untilAsserted(() -> assertThat(tenant.consumption().concurrentSequences()).isZero());
  }

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElseThrow();
  }
}
