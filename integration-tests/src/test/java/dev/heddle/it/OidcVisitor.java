package dev.heddle.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.CookiePolicy;
import java.net.HttpCookie;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** A browser without a screen, with cookies of its own, that goes where a test tells it. */
final class OidcVisitor {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();

  private final CookieManager cookies = new CookieManager(null, CookiePolicy.ACCEPT_ALL);
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).cookieHandler(cookies).build();

  /** Goes to the provider, names itself there, and comes back. */
  HttpResponse<String> signIn(String subject, String claims) {
    return get(login(begin("/console"), subject, claims));
  }

  /** Begins; answers the provider's address. */
  URI begin(String next) {
    HttpResponse<String> answer =
        get(URI.create(PLATFORM.url() + "/console/sign-in/oidc?next=" + encode(next)));
    return location(answer);
  }

  /** Fills the provider's form; answers the way back. */
  URI login(URI provider, String subject, String claims) {
    String form = "username=" + encode(subject) + "&claims=" + encode(claims);
    HttpRequest request =
        request(provider)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(form))
            .build();
    return location(send(request));
  }

  HttpResponse<String> get(URI address) {
    return send(request(address).GET().build());
  }

  /** A request to the platform, with the session's token if it changes something. */
  HttpResponse<String> api(String method, String path, String body, Map<String, String> headers) {
    HttpRequest.Builder request =
        request(URI.create(PLATFORM.url() + path))
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (!body.isEmpty()) {
      request.header("Content-Type", "application/json");
    }
    if (!method.equals("GET") && !headers.containsKey("X-CSRF-Token")) {
      request.header("X-CSRF-Token", session().path("csrf_token").asString());
    }
    headers.forEach(request::header);
    return send(request.build());
  }

  int status(String path) {
    return api("GET", path, "", Map.of()).statusCode();
  }

  JsonNode session() {
    return PlatformFixture.expect(200, api("GET", "/api/v1/session", "", Map.of()));
  }

  Optional<HttpCookie> cookie(String name) {
    return cookies.getCookieStore().getCookies().stream()
        .filter(cookie -> cookie.getName().equals(name))
        .findFirst();
  }

  boolean isSignedIn() {
    return cookie("heddle_session").isPresent() && status("/api/v1/session") == 200;
  }

  void forget(String cookie) {
    cookies
        .getCookieStore()
        .get(URI.create(PLATFORM.url()))
        .forEach(each -> {
          if (each.getName().equals(cookie)) {
            cookies.getCookieStore().remove(URI.create(PLATFORM.url()), each);
          }
        });
  }

  void take(HttpCookie cookie) {
    cookies.getCookieStore().add(URI.create(PLATFORM.url()), cookie);
  }

  static URI location(HttpResponse<String> answer) {
    return URI.create(
        answer
            .headers()
            .firstValue("location")
            .orElseThrow(() ->
                new AssertionError(answer.statusCode() + " leads nowhere: " + answer.body())));
  }

  private static HttpRequest.Builder request(URI address) {
    return HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(60));
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      return http.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
