package dev.heddle.it;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What people do with the console, in a real browser on the running platform. */
class ConsoleTest {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();
  private static final Path ADAPTERS = PlatformFixture.DEMO.resolve("adapters");

  /** How many dots of the heat map have a size that can be seen. */
  private static final String DOTS_DRAWN =
      """
      () => {
        const chart = echarts.getInstanceByDom(document.getElementById('heat'));
        const data = chart.getModel().getSeriesByName('hits')[0].getData();
        return Array.from({ length: data.count() }, (_, i) => data.getItemVisual(i, 'symbolSize'))
          .filter((size) => size >= 3).length;
      }
      """;

  private ConsoleVisit visit;
  private Page page;

  @AfterEach
  void close() {
    if (visit != null) {
      visit.close();
      assertThat(visit.faults).isEmpty();
    }
  }

  private void signIn() {
    visit = ConsoleVisit.of(PLATFORM.url(), PlatformFixture.KEY);
    page = visit.page;
  }

  @Test
  void a_browser_signs_in_where_it_wanted_to_go_and_out_again() {
    visit = ConsoleVisit.stranger(PLATFORM.url());
    page = visit.page;
    visit.open("/console/audit");
    visit.signIn("hdl_nobody");
    assertThat(page.locator("[role=alert]")).containsText("not known");

    visit.signIn(PlatformFixture.KEY);
    assertThat(page).hasURL(PLATFORM.url() + "/console/audit");
    assertThat(page.content()).doesNotContain(PlatformFixture.KEY);

    page.locator("text=Sign out").click();
    assertThat(page).hasURL(PLATFORM.url() + "/console/sign-in");
    visit.open("/console/audit");
    assertThat(page).hasURL(Pattern.compile(".*/console/sign-in\\?next=.*"));
  }

  @Test
  void the_root_leads_to_an_overview_that_keeps_itself_up_to_date() {
    signIn();
    visit.open("/");
    assertThat(page).hasURL(PLATFORM.url() + "/console");
    assertThat(page.locator("#attention")).isVisible();
    assertThat(page.locator("#chart-tokens canvas")).isVisible();
    assertThat(page.locator("#used")).containsText(Pattern.compile("Engine time|Nothing yet"));
    page.evaluate("document.querySelector('#now .tile strong').textContent = 'stale'");
    assertThat(page.locator("#now .tile strong").first()).not().hasText("stale");
  }

  @Test
  void a_folder_becomes_a_version_that_is_published_loaded_weighed_and_taken_back() {
    signIn();
    upload("/console/adapters", "console-flow", ADAPTERS.resolve("sql"));
    assertThat(page).hasURL(PLATFORM.url() + "/console/adapters/console-flow");
    assertThat(page.locator(".toast")).containsText("console-flow@1 is ready");
    assertThat(page.locator("#heat canvas")).isVisible();
    assertThat(page.locator("#heat-said")).containsText(Pattern.compile("\\d+ of 170 experts"));

    visit.agree("Publish");
    assertThat(page.locator(".toast")).containsText("Published.");
    if (page.locator("button:text-is('Unload')").isVisible()) { // another name has these experts
      visit.agree("Unload");
    }
    page.locator("button:text-is('Load')").click();
    assertThat(page.locator(".badge:has-text('resident')").first()).isVisible();

    upload(null, "console-flow", ADAPTERS.resolve("dates"));
    assertThat(page.locator("table").first()).containsText("console-flow@2");
    page.locator("text=Weights").first().click();
    page.locator("[name='console-flow@1']").fill("75");
    page.locator("[name='console-flow@2']").fill("25");
    assertThat(page.locator("#weights output").first()).hasText("25 %");
    page.locator("text=Set weights").click();
    assertThat(page.locator("dl").first()).containsText("console-flow@1 (weight 75)");

    visit.agree("Roll back");
    assertThat(page.locator("dl dd").first()).hasText("console-flow@1");
    visit.agree("Restore");
    assertThat(page.locator("dl dd").first()).containsText("console-flow@2 (weight 25)");
    visit.agree("Unpublish");
    assertThat(page.locator("dl dd").first()).containsText("nothing");
    visit.agree("Archive");
    assertThat(page).hasURL(PLATFORM.url() + "/console/adapters");
    assertThat(page.locator("#adapters")).not().containsText("console-flow");
  }

  @Test
  void a_folder_that_is_not_right_is_refused_with_every_violation(@TempDir Path folder)
      throws IOException {
    Files.writeString(
        folder.resolve("expert_cfg.json"),
        "{\"experts\": {\"1\": [0, 99], \"77\": [1]}, \"shared_experts\": false,"
            + " \"non_expert_modules\": false}");
    Files.copy(ADAPTERS.resolve("sql/model.safetensors"), folder.resolve("model.safetensors"));
    signIn();
    upload("/console/adapters", "console-wrong", folder);

    Locator report = page.locator("#upload-report");
    assertThat(report).containsText("was rejected");
    assertThat(report.locator("li").first()).isVisible();
    int violations = report.locator("li").count();
    visit.open("/console/adapters/console-wrong");
    assertThat(page.locator("main .violations li")).hasCount(violations);
    visit.open("/console");
    assertThat(page.locator(".attention")).containsText("console-wrong@1 was rejected");
  }

  @Test
  void a_prompt_is_answered_side_by_side() {
    signIn();
    visit.open("/console/playground");
    page.locator(".choice:has-text('intent') input").check();
    page.locator("[name=prompt]").fill("turn on the lights in the kitchen");
    page.locator("button:text-is('Ask')").click();

    Locator intent = page.locator(".answers article:has-text('intent (intent@2)')");
    assertThat(intent).containsText("light");
    assertThat(intent).containsText("TTFT");
    assertThat(page.locator(".answers article")).hasCount(3);
    assertThat(page.locator(".answers .wrong")).hasCount(0);
  }

  @Test
  void the_cost_of_an_adapter_is_told_before_it_is_uploaded() {
    signIn();
    visit.open("/console/memory");
    page.locator("#preview-file").setInputFiles(ADAPTERS.resolve("sql/expert_cfg.json"));
    assertThat(page.locator("#preview .proved")).isVisible();
    assertThat(page.locator("#preview .tile").first()).containsText("Slots");
  }

  @Test
  void every_slot_is_coloured_by_adapter_or_layer_and_other_ways_are_priced() {
    signIn();
    visit.open("/console/memory");
    assertThat(page.locator("#map-said")).containsText(Pattern.compile("[1-9]\\d* in use"));
    assertThat(page.locator("#map-legend")).containsText("intent@2");
    page.locator("#map-by").selectOption("layer");
    assertThat(page.locator("#map-legend li").first()).hasText("layer 1");
    assertThat(page.locator("#padded")).containsText("times as much");
    assertThat(page.locator("#merged")).containsText("times as much");
  }

  @Test
  void an_adapter_shows_what_it_shares_and_its_last_proof() throws IOException {
    String golden =
        Files.readAllLines(PlatformFixture.DEMO.resolve("examples/dates.jsonl")).getFirst();
    ObjectNode prompt = (ObjectNode) PlatformFixture.parse(golden);
    String cases =
        "[{\"messages\":[{\"role\":\"user\",\"content\":%s}],\"max_tokens\":96,\"text\":%s}]"
            .formatted(prompt.path("prompt"), prompt.path("answer"));
    String version = PLATFORM.files("console-proof", "dates");
    PlatformFixture.expect(
        200, PLATFORM.put(version + "/files/golden.json", cases.getBytes(StandardCharsets.UTF_8)));
    PlatformFixture.expect(200, PLATFORM.post(version + ":complete", ""));
    signIn();
    visit.open("/console/adapters/console-proof");
    assertThat(page.locator("#overlap-said"))
        .containsText(Pattern.compile("(\\d+) of \\1 experts"));
    assertThat(page.locator("#overlap canvas")).isVisible();
    assertThat(page.locator("#proof")).containsText("all 1 golden prompts");
    Instant before = Instant.parse(page.locator("#proof time").getAttribute("datetime"));

    page.locator("[data-prove]").click();
    assertThat(page.locator(".toast")).containsText("all 1 golden prompts");
    assertThat(Instant.parse(page.locator("#proof time").getAttribute("datetime"))).isAfter(before);
  }

  @Test
  void dots_show_where_an_adapters_own_traffic_goes() throws Exception {
    PlatformFixture.expect(200, PLATFORM.post("/api/v1/adapters/intent/versions/2:load", ""));
    String ask =
        "{\"model\":\"intent@2\",\"prompt\":\"turn on the lights\",\"max_tokens\":4,"
            + "\"ignore_eos\":true}";
    PlatformFixture.expect(200, PLATFORM.post("/v1/completions", ask));
    String routing = "/api/v1/adapters/intent/versions/2/routing";
    while (PlatformFixture.expect(200, PLATFORM.get(routing)).path("tokens").longValue() == 0) {
      Thread.sleep(50); // counts are published once a second
    }
    signIn();
    visit.open("/console/adapters/intent?version=2");
    assertThat(page.locator("#routing-said"))
        .containsText(Pattern.compile("Dots: where .* tokens .* met a tuned expert"));
    Object dots = page.evaluate(DOTS_DRAWN);
    JsonNode counted = PlatformFixture.expect(200, PLATFORM.get(routing));
    long hit =
        counted
            .path("layers")
            .valueStream()
            .flatMap(layer -> layer.path("counts").valueStream())
            .filter(count -> count.longValue() > 0)
            .count();
    assertThat(((Number) dots).longValue()).isBetween(1L, hit);
  }

  @Test
  void samples_of_a_task_show_which_experts_to_train(@TempDir Path folder) throws IOException {
    signIn();
    visit.open("/console/scoring");
    Path bad = Files.writeString(folder.resolve("bad.jsonl"), "{\"text\": \"a\"}\nnothing\n");
    page.locator("#scoring-file").setInputFiles(bad);
    assertThat(page.locator("#scoring-report .violations li")).hasCount(1);
    assertThat(page.locator("#scoring-report")).containsText("line 2");

    page.locator("#scoring-file").setInputFiles(ScoringTest.SAMPLES);
    assertThat(page).hasURL(Pattern.compile(".*/console/scoring\\?job=.*"));
    assertThat(page.locator("#scoring-said")).containsText("of 22 samples");
    assertThat(page.locator("#heat-token canvas")).isVisible();
    assertThat(page.locator("#heat-gate canvas")).isVisible();
    Locator experts = page.locator("#choice-tiles .tile strong").first();
    assertThat(experts).hasText("20"); // by token, with p = 0.2
    assertThat(page.locator("#choice-said")).containsText("1: 4");
    page.locator("#choice [name=p]").fill("0.1");
    page.locator("#choice [name=p]").blur();
    assertThat(experts).hasText("10");
    page.locator("#choice [name=score]").selectOption("gate"); // with p = 0.1
    assertThat(experts).hasText("18");

    Download download =
        page.waitForDownload(() -> page.locator("text=Download expert_cfg.json").click());
    assertThat(download.suggestedFilename()).isEqualTo("expert_cfg.json");
    assertThat(Files.readString(download.path()))
        .contains("\"5\":[1,25]", "\"shared_experts\":false", "\"non_expert_modules\":false");
    visit.open("/console/scoring");
    assertThat(page.locator("#scorings tbody tr").first()).containsText("done");
  }

  @Test
  void a_tenant_gets_limits_and_a_key_that_is_shown_once() {
    signIn();
    visit.open("/console/tenants");
    page.locator("[name=name]").fill("console-acme");
    page.locator("button:text-is('Add')").click();
    assertThat(page).hasURL(PLATFORM.url() + "/console/tenants/console-acme");

    page.locator("text=Make a key").first().click();
    page.locator("#new-key [name=label]").fill("ci");
    page.locator("#new-key [value=adapters]").check();
    page.locator("button:text-is('Make it')").click();
    assertThat(page.locator("#made-key")).hasValue(Pattern.compile("hdl_.*"));
    String key = page.locator("#made-key").inputValue();
    page.locator("#made-done").click();
    assertThat(page.locator("#keys")).containsText("ci");
    assertThat(page.content()).doesNotContain(key);
    assertThat(new ManagementClient(key).get("/api/v1/tenant").path("name").stringValue())
        .isEqualTo("console-acme");

    page.locator("text=Change limits").click();
    page.locator("[name=requests_per_minute]").fill("60");
    page.locator("button:text-is('Save')").click();
    assertThat(page.locator(".tile").first()).containsText("limit: 60");

    visit.agree("Revoke");
    assertThat(page.locator("#keys")).containsText("revoked");
    assertThat(new ManagementClient(key).status("GET", "/api/v1/tenant")).isEqualTo(401);
  }

  @Test
  void the_trail_is_filtered_and_paged() {
    for (int i = 0; i < 55; i++) {
      PLATFORM.post("/api/v1/keys", ManagementClient.newKey("trail " + i, "inference"));
    }
    signIn();
    visit.open("/console/audit");
    page.locator("[name=action]").fill("key.create");
    page.locator("button:text-is('Search')").click();
    assertThat(page.locator("#audit tbody tr")).hasCount(50);
    assertThat(page.locator("#audit")).not().containsText("version.state");
    page.locator("#audit details summary").first().click();
    assertThat(page.locator("#audit details").first()).containsText("trail 54");
    page.locator("text=Older").click();
    assertThat(page.locator("#audit tbody tr").first()).containsText("key.create");
    assertThat(page.locator("#audit")).not().containsText("trail 54");
  }

  @Test
  void times_are_of_the_viewers_zone() {
    signIn();
    visit.open("/console/adapters/intent");
    Locator time = page.locator("main time").first();
    Instant at = Instant.parse(time.getAttribute("datetime"));
    assertThat(time)
        .containsText(
            at.atZone(java.time.ZoneId.of("Europe/Berlin"))
                .format(java.time.format.DateTimeFormatter.ofPattern("HH:mm")));
  }

  /** Chooses the folder in the upload dialog of a page; of the one that is open, if null. */
  private void upload(String path, String name, Path folder) {
    if (path != null) {
      visit.open(path);
    }
    page.locator("[data-open=upload]:visible").first().click();
    Locator field = page.locator("#upload-form [name=name]");
    if (field.getAttribute("readonly") == null) {
      field.fill(name);
    }
    page.locator("#folder").setInputFiles(folder);
  }
}
