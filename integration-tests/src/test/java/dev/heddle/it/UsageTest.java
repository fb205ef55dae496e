package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.registry.access.TenantLimits;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class UsageTest {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();
  private static final String CHAT = "/v1/chat/completions";
  private static final String PROMPT = "turn on the lights in the kitchen";
  private static final String JSON = "application/json";

  /** What answers have said of themselves, or a report of them. */
  private record Sum(long requests, long prompt, long cached, long completion) {
    Sum plus(Sum other) {
      return new Sum(
          requests + other.requests,
          prompt + other.prompt,
          cached + other.cached,
          completion + other.completion);
    }

    static Sum ofAnswer(JsonNode usage) {
      return new Sum(
          1,
          usage.path("prompt_tokens").longValue(),
          usage.path("prompt_tokens_details").path("cached_tokens").longValue(),
          usage.path("completion_tokens").longValue());
    }

    static Sum ofLine(JsonNode line) {
      return new Sum(
          line.path("requests").longValue(),
          line.path("prompt_tokens").longValue(),
          line.path("cached_tokens").longValue(),
          line.path("completion_tokens").longValue());
    }
  }

  @Test
  void a_report_is_the_sum_of_what_the_answers_said() throws Exception {
    TenantFixture tenant =
        new TenantFixture(PLATFORM, TenantLimits.NONE).granted("intent").granted("sql");
    Map<String, Sum> expected = new TreeMap<>();
    for (int i = 0; i < 3; i++) {
      for (String model : List.of("base", "default/intent", "default/intent@1", "default/sql")) {
        ObjectNode request = PlatformFixture.chat(model, PROMPT + " " + i).put("n", 1 + i);
        JsonNode usage = i == 1 ? streamed(tenant, request) : whole(tenant, CHAT, request);
        String version = model.matches(".*(base|@1)") ? model : servedBy(model);
        expected.merge(version, Sum.ofAnswer(usage), Sum::plus);
      }
    }
    JsonNode prompts =
        PlatformFixture.parse(
            "{'model':'base','prompt':['a b','c'],'max_tokens':3}".replace('\'', '"'));
    expected.merge("base", Sum.ofAnswer(whole(tenant, "/v1/completions", prompts)), Sum::plus);
    PlatformFixture.expect(404, tenant.post(CHAT, PlatformFixture.chat("no", PROMPT).toString()));

    assertThat(awaitReport(tenant, 13)).isEqualTo(expected);
    Sum all = expected.values().stream().reduce(Sum::plus).orElseThrow();
    for (String path : List.of("", "&by=adapter")) {
      HttpResponse<String> one =
          tenant.get("/api/v1/usage?adapter=default/intent" + path, "application/json");
      assertThat(PlatformFixture.expect(200, one).path("items").valueStream())
          .isNotEmpty()
          .allMatch(each -> each.path("model").stringValue().startsWith("default/intent"));
    }
    PlatformFixture.expect(400, tenant.get("/api/v1/usage?adapter=A/b/c", "application/json"));
    PlatformFixture.expect(400, tenant.get("/api/v1/usage?order=size", "application/json"));
    JsonNode most =
        PlatformFixture.expect(
            200, tenant.get("/api/v1/usage?order=generated&limit=2", "application/json"));
    assertThat(most.path("next").isNull()).isTrue();
    assertThat(most.path("items").valueStream().map(line -> Sum.ofLine(line).completion()))
        .hasSize(2)
        .isSortedAccordingTo(Comparator.reverseOrder());
    JsonNode line =
        PlatformFixture.expect(
                200, PLATFORM.get("/api/v1/usage?by=tenant&group=month&tenant=" + tenant.name()))
            .path("items")
            .path(0);
    assertThat(Sum.ofLine(line)).isEqualTo(all);
    assertThat(line.path("engine_seconds").doubleValue()).isPositive();
    assertThat(PLATFORM.get("/api/v1/usage?limit=1000").body()).contains(tenant.name());
  }

  @Test
  void an_answer_whose_client_left_is_counted_up_to_there() throws Exception {
    TenantFixture tenant = new TenantFixture(PLATFORM, TenantLimits.NONE);
    ObjectNode request =
        PlatformFixture.chat("base", PROMPT)
            .put("ignore_eos", true)
            .put("max_tokens", 900)
            .put("n", 8)
            .put("stream", true);
    HttpResponse<InputStream> stream =
        PlatformFixture.client()
            .send(tenant.jsonPost(CHAT, request.toString()).build(), BodyHandlers.ofInputStream());
    assertThat(stream.body().readNBytes(2000)).hasSize(2000);
    stream.body().close();

    Sum sum = awaitReport(tenant, 1).get("base");
    assertThat(sum.prompt()).isPositive();
    assertThat(sum.completion()).isBetween(1L, 8 * 900L);
  }

  @Test
  void an_export_has_the_lines_of_the_report() throws Exception {
    TenantFixture tenant = new TenantFixture(PLATFORM, TenantLimits.NONE).granted("sql");
    whole(tenant, CHAT, PlatformFixture.chat("base", PROMPT));
    whole(tenant, CHAT, PlatformFixture.chat("default/sql", PROMPT));
    awaitReport(tenant, 2);
    HttpResponse<String> csv = tenant.get("/api/v1/usage?by=adapter", "text/csv");

    assertThat(csv.statusCode()).isEqualTo(200);
    assertThat(csv.headers().firstValue("content-type").orElseThrow()).startsWith("text/csv");
    assertThat(csv.body().split("\r\n"))
        .hasSize(3)
        .satisfies(lines -> {
          assertThat(lines[0]).startsWith("period,tenant,model,requests,prompt_tokens");
          assertThat(lines[1]).matches(".*Z," + tenant.name() + ",base,1,.*");
          assertThat(lines[2]).matches(".*Z," + tenant.name() + ",default/sql,1,.*");
        });
  }

  @Test
  void a_tenant_sees_its_own_usage_and_cannot_ask_for_anothers() throws Exception {
    TenantFixture one = new TenantFixture(PLATFORM, TenantLimits.NONE);
    TenantFixture two = new TenantFixture(PLATFORM, TenantLimits.NONE);
    whole(one, CHAT, PlatformFixture.chat("base", PROMPT));
    awaitReport(one, 1);

    assertThat(two.get("/api/v1/usage", JSON).body()).doesNotContain(one.name());
    for (String name : List.of(one.name(), two.name(), "nobody")) {
      PlatformFixture.expect(403, two.get("/api/v1/usage?tenant=" + name, JSON));
    }
    PlatformFixture.expect(404, PLATFORM.get("/api/v1/usage?tenant=nobody"));
  }

  @Test
  void every_fault_of_a_query_is_named() {
    JsonNode problem =
        PlatformFixture.expect(
            400, PLATFORM.get("/api/v1/usage?from=today&to=x&group=week&by=key&tenant=default"));
    assertThat(problem.path("violations")).hasSize(4);
    PlatformFixture.expect(
        400, PLATFORM.get("/api/v1/usage?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z"));
    PlatformFixture.expect(400, PLATFORM.get("/api/v1/usage?after=x"));
  }

  private static JsonNode whole(TenantFixture tenant, String path, JsonNode request) {
    return PlatformFixture.expect(200, tenant.post(path, request.toString())).path("usage");
  }

  private static JsonNode streamed(TenantFixture tenant, ObjectNode request) {
    request.put("stream", true).putObject("stream_options").put("include_usage", true);
    List<String> events =
        tenant
            .post(CHAT, request.toString())
            .body()
            .lines()
            .filter(line -> line.startsWith("data: {"))
            .toList();
    return PlatformFixture.parse(events.getLast().substring("data: ".length())).path("usage");
  }

  /** The version behind a published name. */
  private static String servedBy(String model) {
    return model + (model.endsWith("intent") ? "@2" : "@1");
  }

  /**
   * The tenant's report by versions, as soon as it has so many requests: they are written behind.
   */
  private static Map<String, Sum> awaitReport(TenantFixture tenant, int requests)
      throws InterruptedException {
    Map<String, Sum> report = Map.of();
    for (int i = 0; i < 500; i++) {
      report = report(tenant);
      if (report.values().stream().mapToLong(Sum::requests).sum() >= requests) {
        return report;
      }
      Thread.sleep(20);
    }
    throw new AssertionError("not all is written: " + report);
  }

  private static Map<String, Sum> report(TenantFixture tenant) {
    Map<String, Sum> report = new TreeMap<>();
    PlatformFixture.expect(200, tenant.get("/api/v1/usage?group=month", JSON))
        .path("items")
        .forEach(line -> {
          assertThat(line.path("tenant").stringValue()).isEqualTo(tenant.name());
          report.merge(line.path("model").stringValue(), Sum.ofLine(line), Sum::plus);
        });
    return report;
  }
}
