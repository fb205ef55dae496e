package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The cookie of a browser's session: what it opens, and when it opens nothing. */
class SessionTest {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();
  private static final ManagementClient OPERATOR = ManagementClient.operator();

  /** A session as a browser has it. */
  private record Browser(String setCookie, String cookie, String token) {
    static Browser signedInWith(ManagementClient key, String... headers) {
      HttpResponse<String> response = key.send("POST", "/api/v1/session", "", headers);
      JsonNode session = PlatformFixture.expect(200, response);
      String set = response.headers().firstValue("Set-Cookie").orElseThrow();
      return new Browser(
          set, set.substring(0, set.indexOf(';')), session.path("csrf_token").stringValue());
    }

    HttpResponse<String> send(String method, String path, Map<String, String> more) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(PLATFORM.url() + path))
              .header("Cookie", cookie)
              .method(method, BodyPublishers.noBody());
      more.forEach(request::header);
      return PlatformFixture.send(request.build());
    }

    int status(String method, String path) {
      return send(method, path, Map.of()).statusCode();
    }
  }

  @Test
  void the_cookie_opens_what_its_key_opens_and_tells_nothing_of_it() {
    ManagementClient key = OPERATOR.makeOwnKey("session", "adapters");
    Browser browser = Browser.signedInWith(key);

    assertThat(browser.status("GET", "/api/v1/adapters")).isEqualTo(200);
    assertThat(browser.status("GET", "/api/v1/status")).isEqualTo(403);
    assertThat(browser.status("GET", "/v1/models")).isEqualTo(403);
    assertThat(browser.setCookie())
        .contains("; Path=/", "; HTTPOnly", "; SameSite=Strict", "; Max-Age=43200")
        .doesNotContain("Secure")
        .doesNotContain(key.key().split("_", -1)[2]);
  }

  @Test
  void a_cookie_of_https_stays_with_https() {
    Browser browser = Browser.signedInWith(OPERATOR, "X-Forwarded-Proto", "https");

    assertThat(browser.setCookie()).contains("; Secure");
  }

  @Test
  void a_change_needs_the_sessions_own_token() {
    ManagementClient key = OPERATOR.makeOwnKey("session", "adapters");
    Browser browser = Browser.signedInWith(key);
    Browser other = Browser.signedInWith(key);
    String change = "/api/v1/adapters/session-adapter/versions";

    HttpResponse<String> without = browser.send("POST", change, Map.of());
    assertThat(without.statusCode()).isEqualTo(403);
    assertThat(without.body()).contains("csrf_token_invalid");
    assertThat(browser.send("POST", change, Map.of("X-CSRF-Token", other.token())).statusCode())
        .isEqualTo(403);
    assertThat(browser.send("POST", change, Map.of("X-CSRF-Token", browser.token())).statusCode())
        .isEqualTo(201);
  }

  @Test
  void a_forged_cookie_is_no_cookie() {
    Browser browser = Browser.signedInWith(OPERATOR);
    String cookie = browser.cookie();
    int middle = cookie.indexOf('=') + 10;
    char other = cookie.charAt(middle) == 'x' ? 'y' : 'x';
    String forged = cookie.substring(0, middle) + other + cookie.substring(middle + 1);

    assertThat(browser.status("GET", "/api/v1/session")).isEqualTo(200);
    assertThat(new Browser("", forged, browser.token()).status("GET", "/api/v1/session"))
        .isEqualTo(401);
    assertThat(new Browser("", "heddle_session=", "").status("GET", "/api/v1/session"))
        .isEqualTo(401);
  }

  @Test
  void a_revoked_key_signs_its_browsers_out() {
    ManagementClient key = OPERATOR.makeOwnKey("session", "adapters");
    Browser browser = Browser.signedInWith(key);
    assertThat(browser.status("GET", "/api/v1/adapters")).isEqualTo(200);

    PlatformFixture.expect(200, OPERATOR.send("DELETE", "/api/v1/keys/" + key.id(), ""));

    assertThat(browser.status("GET", "/api/v1/adapters")).isEqualTo(401);
    assertThat(browser.status("GET", "/console")).isEqualTo(303);
  }

  @Test
  void a_session_is_not_prolonged_by_itself_and_ends_when_told() {
    Browser browser = Browser.signedInWith(OPERATOR);
    Map<String, String> token = Map.of("X-CSRF-Token", browser.token());

    assertThat(browser.send("POST", "/api/v1/session", token).statusCode()).isEqualTo(401);
    HttpResponse<String> end = browser.send("DELETE", "/api/v1/session", token);
    assertThat(end.statusCode()).isEqualTo(204);
    assertThat(end.headers().firstValue("Set-Cookie").orElseThrow())
        .startsWith("heddle_session=;")
        .contains("Max-Age=0");
  }

  @Test
  void a_key_that_is_shown_counts_before_a_cookie() {
    Browser browser = Browser.signedInWith(OPERATOR);

    assertThat(
            browser
                .send("GET", "/api/v1/session", Map.of("Authorization", "Bearer nobody"))
                .statusCode())
        .isEqualTo(401);
  }

  @Test
  void another_sites_form_signs_nobody_in() {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(PLATFORM.url() + "/console/sign-in"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("Origin", "https://elsewhere.example")
            .POST(BodyPublishers.ofString("key=" + PlatformFixture.KEY))
            .build();

    HttpResponse<String> response = PlatformFixture.send(request);

    assertThat(response.statusCode()).isEqualTo(403);
    assertThat(response.headers().firstValue("Set-Cookie")).isEmpty();
  }
}
