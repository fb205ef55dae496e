package dev.heddle.console;

import dev.heddle.console.answers.SessionInfo;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;

/** Finds out who looks: the API says whose session a cookie is. */
@Component
final class Viewers {
  private static final String COOKIE = "heddle_session";
  private static final String SESSION = "/api/v1/session";

  private final Api api;

  Viewers(Api api) {
    this.api = api;
  }

  /**
   * The viewer of a page; of another tenant's where an operator asks by {@code ?tenant=NAME}.
   *
   * @throws SignedOutException if there is none
   */
  Viewer of(ServerWebExchange exchange) {
    ServerHttpRequest request = exchange.getRequest();
    HttpCookie cookie = request.getCookies().getFirst(COOKIE);
    if (cookie == null) {
      throw new SignedOutException();
    }
    String shown = COOKIE + "=" + cookie.getValue();
    HttpRequest question = api.request(SESSION).header("Cookie", shown).GET().build();
    SessionInfo session = api.value(api.send(question), SessionInfo.class);
    Viewer viewer = new Viewer(shown, session, null);
    return viewer.operator() ? viewer.at(request.getQueryParams().getFirst("tenant")) : viewer;
  }

  /**
   * Begins a session.
   *
   * @return the cookies for the browser
   * @throws SignedOutException if the key is not good
   */
  List<String> signIn(String key, ServerWebExchange exchange) {
    HttpRequest.Builder request = api.request(SESSION).header("Authorization", "Bearer " + key);
    if (isSecure(exchange.getRequest())) {
      request.header("X-Forwarded-Proto", "https");
    }
    HttpResponse<byte[]> response = api.send(Api.change(request, "POST", null).build());
    api.value(response, SessionInfo.class);
    return response.headers().allValues(HttpHeaders.SET_COOKIE);
  }

  /**
   * Ends the session.
   *
   * @param csrfToken from the form that asks for it
   * @return the cookies for the browser
   */
  List<String> signOut(Viewer viewer, @Nullable String csrfToken) {
    HttpRequest.Builder request = Api.as(viewer, api.request(SESSION));
    HttpResponse<byte[]> response = api.send(Api.change(request, "DELETE", csrfToken).build());
    if (response.statusCode() != 204) {
      api.value(response, SessionInfo.class);
    }
    return response.headers().allValues(HttpHeaders.SET_COOKIE);
  }

  static boolean isSecure(ServerHttpRequest request) {
    return "https".equalsIgnoreCase(request.getURI().getScheme())
        || "https".equalsIgnoreCase(request.getHeaders().getFirst("X-Forwarded-Proto"));
  }
}
