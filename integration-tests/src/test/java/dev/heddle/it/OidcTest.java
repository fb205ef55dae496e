package dev.heddle.it;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import java.net.HttpCookie;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/**
 * Sign-in at a real provider, which came up long after the platform: who is let in, and as whom.
 */
class OidcTest {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();
  private static final ManagementClient OPERATOR = ManagementClient.operator();

  private static ManagementClient acme;

  @BeforeAll
  static void start() {
    OidcProvider.start();
    acme = ManagementClient.tenant("oidc-acme", "inference", "adapters");
    ManagementClient.tenant("oidc-beta", "adapters");
    ManagementClient.tenant("oidc-shut", "adapters");
    PlatformFixture.expect(200, OPERATOR.send("POST", "/api/v1/tenants/oidc-shut:disable", ""));
    PlatformFixture.expect(201, acme.send("POST", "/api/v1/adapters", "{\"name\":\"oidc-own\"}"));
  }

  @AfterAll
  static void stop() {
    OidcProvider.stop();
  }

  private static OidcVisitor signedIn(String subject, String org, String... roles) {
    OidcVisitor visitor = new OidcVisitor();
    HttpResponse<String> back = visitor.signIn(subject, OidcProvider.claims(org, roles));
    assertThat(back.statusCode()).as(back.body()).isEqualTo(200);
    return visitor;
  }

  @Test
  void a_person_acts_as_the_claims_say_and_the_trail_names_the_person() {
    OidcVisitor visitor = new OidcVisitor();
    URI provider = visitor.begin("/console/adapters");
    HttpResponse<String> back =
        visitor.get(visitor.login(provider, "jane-1", OidcProvider.claims("oidc-acme", "weavers")));

    assertThat(back.body()).contains("0;url=/console/adapters");
    assertThat(back.headers().allValues("set-cookie"))
        .anySatisfy(cookie ->
            assertThat(cookie)
                .startsWith("heddle_session=")
                .contains("; Max-Age=3600", "; HTTPOnly", "; SameSite=Strict"))
        .anySatisfy(cookie -> assertThat(cookie).startsWith("heddle_sign_in=;"));
    JsonNode session = visitor.session();
    assertThat(session.path("tenant").asString()).isEqualTo("oidc-acme");
    assertThat(session.path("person").asString()).isEqualTo("jane@oidc-acme.example");
    assertThat(session.path("scopes").toString()).isEqualTo("[\"adapters\",\"inference\"]");

    PlatformFixture.expect(
        201, visitor.api("POST", "/api/v1/adapters", "{\"name\":\"oidc-janes\"}", Map.of()));
    JsonNode trail = acme.get("/api/v1/audit?action=adapter.create&subject=oidc-janes");
    assertThat(trail.path("items").path(0).path("actor").asString())
        .isEqualTo("oidc:jane@oidc-acme.example key:" + session.path("key_id").asString());
    assertThat(acme.get("/api/v1/audit?action=session.begin").toString())
        .contains("jane@oidc-acme.example");
  }

  @Test
  void a_person_sees_its_own_tenant_and_nothing_of_others() {
    OidcVisitor other = signedIn("bea-1", "oidc-beta", "weavers");

    assertThat(other.status("/api/v1/adapters/oidc-own")).isEqualTo(404);
    assertThat(other.api("GET", "/api/v1/adapters", "", Map.of()).body())
        .doesNotContain("oidc-own");
    assertThat(other.status("/api/v1/tenants")).isEqualTo(403);
    for (String tenant : new String[] {"oidc-acme", "oidc-nobody"}) {
      assertThat(
              other
                  .api("GET", "/api/v1/adapters", "", Map.of("x-heddle-tenant", tenant))
                  .statusCode())
          .isEqualTo(403);
    }
    OidcVisitor own = signedIn("jane-2", "oidc-acme", "weavers");
    assertThat(own.status("/api/v1/adapters/oidc-own")).isEqualTo(200);
  }

  @Test
  void only_the_operators_role_opens_the_platform() {
    assertThat(signedIn("op-1", "default", "operators").status("/api/v1/tenants")).isEqualTo(200);
    assertThat(signedIn("jane-3", "default", "weavers").status("/api/v1/tenants")).isEqualTo(403);
  }

  @Test
  void a_change_needs_the_sessions_token_and_can_be_sent_again() {
    OidcVisitor visitor = signedIn("jane-4", "oidc-acme", "weavers");
    Map<String, String> again = Map.of("Idempotency-Key", "oidc-once");
    String body = "{\"name\":\"oidc-once\"}";

    assertThat(
            visitor
                .api("POST", "/api/v1/adapters", body, Map.of("X-CSRF-Token", "other"))
                .statusCode())
        .isEqualTo(403);
    PlatformFixture.expect(201, visitor.api("POST", "/api/v1/adapters", body, again));
    HttpResponse<String> second = visitor.api("POST", "/api/v1/adapters", body, again);
    assertThat(second.statusCode()).isEqualTo(201);
    assertThat(second.headers().firstValue("idempotent-replayed")).hasValue("true");
  }

  @Test
  void answers_of_a_person_are_the_tenants_usage() {
    OidcVisitor visitor = signedIn("jane-5", "oidc-acme", "weavers");
    String body = "{\"model\":\"base\",\"prompt\":\"the old dog\",\"max_tokens\":2}";

    PlatformFixture.expect(200, visitor.api("POST", "/v1/completions", body, Map.of()));

    long end = System.nanoTime() + 60_000_000_000L;
    while (acme.get("/api/v1/usage").path("items").isEmpty() && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertThat(acme.get("/api/v1/usage").path("items").path(0).path("requests").asInt())
        .isPositive();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{} | no role",
        "{\"org\":\"oidc-acme\"} | no role",
        "{\"org\":\"oidc-acme\",\"access\":{\"roles\":[\"admin\",\"Weavers\"]}} | no role",
        "{\"access\":{\"roles\":[\"weavers\"]}} | lacks the claim",
        "{\"org\":[\"oidc-acme\",\"default\"],\"access\":{\"roles\":[\"weavers\"]}} | one tenant",
        "{\"org\":\"oidc-nobody\",\"access\":{\"roles\":[\"weavers\"]}} | no tenant here",
        "{\"org\":\"oidc-shut\",\"access\":{\"roles\":[\"weavers\"]}} | disabled",
        "{\"nonce\":\"other\",\"org\":\"oidc-acme\",\"access\":{\"roles\":[\"weavers\"]}} | ID token",
        "{\"aud\":\"other\",\"org\":\"oidc-acme\",\"access\":{\"roles\":[\"weavers\"]}} | ID token",
      })
  void whom_no_rule_lets_in_is_told_why(String claims, String why) {
    OidcVisitor visitor = new OidcVisitor();

    HttpResponse<String> back = visitor.signIn("nobody", claims);

    assertThat(back.statusCode()).isEqualTo(403);
    assertThat(back.body()).contains(why).contains("Sign in with " + OidcProvider.NAME);
    assertThat(visitor.cookie("heddle_session")).isEmpty();
  }

  @Test
  void what_comes_back_has_to_be_what_was_sent_by_the_same_browser() {
    OidcVisitor victim = new OidcVisitor();
    OidcVisitor attacker = new OidcVisitor();
    String claims = OidcProvider.claims("oidc-acme", "weavers");
    URI attackers = attacker.login(attacker.begin("/console"), "mallory", claims);

    expired(victim, attackers); // it never went there
    victim.begin("/console");
    expired(victim, attackers); // it went there with another state
    expired(victim, URI.create(PLATFORM.url() + "/console/sign-in/oidc/callback"));
    assertThat(attacker.get(attackers).statusCode()).isEqualTo(200);
  }

  @Test
  void a_sign_in_is_good_for_once_even_with_another_code() {
    OidcVisitor visitor = new OidcVisitor();
    String claims = OidcProvider.claims("oidc-acme", "weavers");
    URI provider = visitor.begin("/console");
    HttpCookie pending = visitor.cookie("heddle_sign_in").orElseThrow();
    URI back = visitor.login(provider, "jane-6", claims);
    assertThat(visitor.get(back).statusCode()).isEqualTo(200);
    visitor.forget("heddle_session");
    expired(visitor, back); // without its cookie

    visitor.take(pending);
    expired(visitor, back); // with a code that was used
    expired(visitor, visitor.login(provider, "jane-6", claims)); // with a new one
  }

  private static void expired(OidcVisitor visitor, URI back) {
    HttpResponse<String> answer = visitor.get(back);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(answer.body()).contains("Sign in again");
    assertThat(visitor.cookie("heddle_session")).isEmpty();
  }

  @Test
  void it_leads_to_the_consoles_own_pages_alone() {
    String claims = OidcProvider.claims("oidc-acme", "weavers");
    for (String next : new String[] {"https://evil.example", "//evil.example", "/console/../x"}) {
      OidcVisitor visitor = new OidcVisitor();
      String page = visitor.get(visitor.login(visitor.begin(next), "jane-7", claims)).body();

      assertThat(page).contains("0;url=/console\"").doesNotContain("evil");
    }
  }

  @Test
  void the_providers_refusal_is_shown_without_its_words() {
    OidcVisitor visitor = new OidcVisitor();
    String state = visitor.begin("/console").getQuery().replaceFirst(".*state=([^&]+).*", "$1");
    String back = PLATFORM.url() + "/console/sign-in/oidc/callback?state=" + state + "&error=";

    HttpResponse<String> denied = visitor.get(URI.create(back + "access_denied"));
    assertThat(denied.statusCode()).isEqualTo(403);
    assertThat(denied.body()).contains("access_denied");
    assertThat(visitor.get(URI.create(back + "%3Cb%3Ecall+0800%3C%2Fb%3E")).body())
        .doesNotContain("0800");
  }

  @Test
  void sessions_end_with_the_tenant_with_the_key_and_with_the_providers_word() {
    ManagementClient.tenant("oidc-short", "adapters");
    String claims = OidcProvider.claims("oidc-short", "weavers");
    OidcVisitor one = new OidcVisitor();
    one.signIn("ann", claims);
    assertThat(one.isSignedIn()).isTrue();

    OPERATOR.send("POST", "/api/v1/tenants/oidc-short:disable", "");
    assertThat(one.status("/api/v1/adapters")).isEqualTo(401);
    OPERATOR.send("POST", "/api/v1/tenants/oidc-short:enable", "");
    assertThat(one.status("/api/v1/adapters")).isEqualTo(200);

    new OidcVisitor().signIn("ann", "{\"org\":\"oidc-short\"}"); // has lost her role
    assertThat(one.status("/api/v1/adapters")).isEqualTo(401);

    one.signIn("ann", claims);
    String key = one.session().path("key_id").asString();
    PlatformFixture.expect(
        200, OPERATOR.send("DELETE", "/api/v1/keys/" + key, "", "x-heddle-tenant", "oidc-short"));
    assertThat(one.status("/api/v1/adapters")).isEqualTo(401);
    one.signIn("ann", claims);
    assertThat(one.session().path("key_id").asString()).isNotEqualTo(key);

    one.signIn("ann", OidcProvider.claims("oidc-beta", "weavers")); // works elsewhere now
    assertThat(one.session().path("tenant").asString()).isEqualTo("oidc-beta");
  }

  @Test
  void a_provider_that_is_down_is_said_to_be() {
    OidcVisitor visitor = new OidcVisitor();
    String claims = OidcProvider.claims("oidc-acme", "weavers");
    URI back = visitor.login(visitor.begin("/console"), "jane-8", claims);
    OidcProvider.stop();
    try {
      HttpResponse<String> answer = visitor.get(back);

      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.body()).contains("does not answer", "API key");
    } finally {
      OidcProvider.start();
    }
    assertThat(visitor.signIn("jane-8", claims).statusCode()).isEqualTo(200);
  }

  @Test
  void a_browser_comes_back_from_another_site_and_is_in() {
    try (ConsoleVisit visit = ConsoleVisit.stranger(PLATFORM.url())) {
      Page page = visit.page;
      visit.open("/console/adapters");
      page.getByText("Sign in with " + OidcProvider.NAME).click();
      page.locator("[name=username]").fill("jane-9");
      page.locator("[name=claims]").fill(OidcProvider.claims("oidc-acme", "weavers"));
      page.locator("[type=submit]").click();

      page.waitForURL(PLATFORM.url() + "/console/adapters");
      assertThat(page.locator(".who")).containsText("jane@oidc-acme.example");
      assertThat(page.locator("#adapters")).containsText("oidc-own");
      page.getByText("Sign out").click();
      page.waitForURL(PLATFORM.url() + "/console/sign-in");
      visit.open("/console/adapters");
      assertThat(page.locator("h1")).hasText("Heddle");
      assertThat(visit.faults).allMatch(fault -> fault.startsWith("asked for "));
    }
  }
}
