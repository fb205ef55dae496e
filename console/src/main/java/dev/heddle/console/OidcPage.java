package dev.heddle.console;

import dev.heddle.console.answers.SignInBegun;
import dev.heddle.console.answers.SignInDone;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ServerWebExchange;

/** The way to a provider of OpenID Connect, and back. */
@Controller
final class OidcPage {
  private static final String COOKIE = "heddle_sign_in";

  private final Api api;
  private final SignInForm signIn;
  private final Pages pages;

  OidcPage(Api api, SignInForm signIn, Pages pages) {
    this.api = api;
    this.signIn = signIn;
    this.pages = pages;
  }

  /** Sends the browser to the provider. */
  @GetMapping("/console/sign-in/oidc")
  String begin(
      @RequestParam(required = false) @Nullable String next,
      Model model,
      ServerWebExchange exchange) {
    Map<String, String> body = Map.of("next", SignInForm.inside(next));
    try {
      HttpResponse<byte[]> answer = ask(":begin", body, exchange);
      SignInBegun begun = api.value(answer, SignInBegun.class);
      takeCookies(answer, exchange);
      return "redirect:" + begun.address();
    } catch (Refusal e) {
      return refused(e, SignInForm.inside(next), model, exchange);
    }
  }

  /**
   * Where the provider sends the browser back to. The page goes on by itself: a browser that comes
   * from another site shows a SameSite=Strict cookie only to what this site leads it to.
   */
  @GetMapping("/console/sign-in/oidc/callback")
  String end(
      @RequestParam(required = false) @Nullable String code,
      @RequestParam(required = false) @Nullable String state,
      @RequestParam(required = false) @Nullable String iss,
      @RequestParam(required = false) @Nullable String error,
      Model model,
      ServerWebExchange exchange) {
    Map<String, String> body = new HashMap<>();
    put(body, "code", code);
    put(body, "state", state);
    put(body, "iss", iss);
    put(body, "error", error);
    try {
      HttpResponse<byte[]> answer = ask(":finish", body, exchange);
      SignInDone done = api.value(answer, SignInDone.class);
      takeCookies(answer, exchange);
      model.addAttribute("next", SignInForm.inside(done.next()));
      return pages.show(model, "signed-in", null);
    } catch (Refusal e) {
      return refused(e, SignInForm.HOME, model, exchange);
    }
  }

  private String refused(Refusal e, String next, Model model, ServerWebExchange exchange) {
    exchange.getResponse().setStatusCode(HttpStatusCode.valueOf(e.status()));
    model.addAttribute("problem", e.detail());
    return signIn.show(model, next);
  }

  private HttpResponse<byte[]> ask(
      String verb, Map<String, String> body, ServerWebExchange exchange) {
    HttpRequest.Builder request = api.request("/api/v1/sign-in" + verb);
    HttpCookie cookie = exchange.getRequest().getCookies().getFirst(COOKIE);
    if (cookie != null) {
      request.header("Cookie", COOKIE + "=" + cookie.getValue());
    }
    if (Viewers.isSecure(exchange.getRequest())) {
      request.header("X-Forwarded-Proto", "https");
    }
    return api.send(api.post(request, body).build());
  }

  private static void takeCookies(HttpResponse<byte[]> answer, ServerWebExchange exchange) {
    HttpHeaders headers = exchange.getResponse().getHeaders();
    answer
        .headers()
        .allValues(HttpHeaders.SET_COOKIE)
        .forEach(cookie -> headers.add(HttpHeaders.SET_COOKIE, cookie));
  }

  private static void put(Map<String, String> body, String name, @Nullable String value) {
    if (value != null) {
      body.put(name, value);
    }
  }
}
