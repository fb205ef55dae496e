package dev.heddle.it;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds of every page: nothing inline, nothing foreign, for everybody to use, own things. */
class ConsoleSafetyTest {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();
  private static final List<String> PAGES =
      List.of(
          "/console",
          "/console/adapters",
          "/console/adapters/intent",
          "/console/scoring",
          "/console/memory",
          "/console/playground",
          "/console/tenants",
          "/console/tenants/default",
          "/console/audit",
          "/console/status",
          "/console/nothing");
  private static final Pattern INLINE =
      Pattern.compile(
          "<script(?![^>]*\\ssrc=)|<style|\\sstyle=|\\son[a-z]+=|javascript:|(src|href)=[\"']?(https?:)?//",
          Pattern.CASE_INSENSITIVE);

  @Test
  void no_page_has_anything_inline_or_from_elsewhere() {
    String cookie = cookie(PlatformFixture.KEY);
    List<String> paths = new ArrayList<>(PAGES);
    paths.add("/console/sign-in");
    for (String path : paths) {
      HttpResponse<String> response = get(path, cookie);

      assertThat(INLINE.matcher(response.body()).results().map(found -> found.group()).toList())
          .as(path)
          .isEmpty();
      Map<String, List<String>> headers = response.headers().map();
      assertThat(headers.get("content-security-policy").getFirst())
          .contains("default-src 'self'", "frame-ancestors 'none'", "base-uri 'none'")
          .doesNotContain("unsafe");
      assertThat(headers.get("x-content-type-options")).containsExactly("nosniff");
      assertThat(headers.get("x-frame-options")).containsExactly("DENY");
      assertThat(headers.get("referrer-policy")).containsExactly("no-referrer");
      assertThat(headers.get("cache-control").getFirst()).contains("no-store");
      assertThat(response.body()).doesNotContain(PlatformFixture.KEY);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"LIGHT", "DARK"})
  void every_page_keeps_to_its_policy_and_is_for_everybody(ColorScheme colors) throws IOException {
    try (ConsoleVisit visit =
        ConsoleVisit.of(PLATFORM.url(), PlatformFixture.KEY, ConsoleVisit.wide(colors))) {
      String axe = axe();
      for (String path : PAGES) {
        visit.open(path);
        visit.page.waitForTimeout(150); // its own scripts have asked and drawn
        assertThat(violations(visit.page, axe)).as(path).isEmpty();
      }
      assertThat(visit.faults).isEmpty();
    }
    try (ConsoleVisit stranger = ConsoleVisit.stranger(PLATFORM.url())) {
      stranger.open("/console/sign-in");
      assertThat(violations(stranger.page, axe())).isEmpty();
    }
  }

  @Test
  void no_page_is_wider_than_a_phone() {
    try (ConsoleVisit visit =
        ConsoleVisit.of(
            PLATFORM.url(),
            PlatformFixture.KEY,
            ConsoleVisit.wide(ColorScheme.LIGHT).setViewportSize(390, 844))) {
      for (String path : PAGES) {
        visit.open(path);
        Object over = visit.page.evaluate("document.documentElement.scrollWidth - innerWidth");
        assertThat((int) over).as(path).isLessThanOrEqualTo(0);
      }
    }
  }

  @Test
  void a_tenant_sees_its_own_and_nothing_of_others() {
    ManagementClient tenant = ManagementClient.tenant("console-tenant", "inference", "adapters");
    PlatformFixture.expect(
        201, tenant.send("POST", "/api/v1/adapters", "{\"name\":\"console-own\"}"));
    try (ConsoleVisit visit = ConsoleVisit.of(PLATFORM.url(), tenant.key())) {
      Page page = visit.page;
      visit.open("/console/adapters");
      assertThat(page.locator("#adapters tbody tr")).hasCount(1);
      assertThat(page.locator("#adapters")).containsText("console-own");
      assertThat(page.locator("nav")).not().containsText("Status");
      for (String path :
          List.of(
              "/console",
              "/console/audit",
              "/console/tenant",
              "/console/memory",
              "/console/playground",
              "/console/adapters?tenant=default",
              "/console/tenant?tenant=default",
              "/console/audit?tenant=default")) {
        visit.open(path);
        assertThat(page.locator("main").innerText())
            .as(path)
            .doesNotContain("intent", "triage", "default");
      }
      for (String path :
          List.of("/console/status", "/console/tenants", "/console/tenants/default")) {
        assertThat(page.navigate(PLATFORM.url() + path).status()).as(path).isEqualTo(403);
      }
      assertThat(page.navigate(PLATFORM.url() + "/console/adapters/intent").status())
          .isEqualTo(404);
      assertThat(visit.faults).isEmpty();
    }
  }

  @Test
  void a_key_for_answers_alone_gets_the_playground_alone() {
    ManagementClient caller = ManagementClient.tenant("console-caller", "inference");
    try (ConsoleVisit visit = ConsoleVisit.of(PLATFORM.url(), caller.key())) {
      assertThat(visit.page.locator("nav li")).hasCount(2);
      assertThat(visit.page.locator("main")).containsText("This key is for answers");
      assertThat(visit.faults).isEmpty();
    }
  }

  private static HttpResponse<String> get(String path, String cookie) {
    return PlatformFixture.send(
        HttpRequest.newBuilder(URI.create(PLATFORM.url() + path)).header("Cookie", cookie).build());
  }

  private static String cookie(String key) {
    HttpResponse<String> response = new ManagementClient(key).send("POST", "/api/v1/session", "");
    String set = response.headers().firstValue("Set-Cookie").orElseThrow();
    return set.substring(0, set.indexOf(';'));
  }

  private static String axe() throws IOException {
    try (InputStream script = ConsoleSafetyTest.class.getResourceAsStream("/axe.min.js")) {
      return new String(script.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Serious and critical findings, with the elements they are about. */
  @SuppressWarnings("unchecked")
  private static List<String> violations(Page page, String axe) {
    page.evaluate(axe);
    return (List<String>)
        page.evaluate(
            "axe.run(document, {resultTypes: ['violations']}).then((found) => found.violations"
                + ".filter(({impact}) => impact === 'serious' || impact === 'critical')"
                + ".flatMap(({id, nodes}) => nodes.map(({html}) => id + ': ' + html.slice(0, 200))))");
  }
}
