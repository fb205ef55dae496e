package dev.heddle.console;

import java.net.URI;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;

/** In, and out again. */
@Controller
final class SignInPage {
  private final Viewers viewers;
  private final SignInForm pages;

  SignInPage(Viewers viewers, SignInForm pages) {
    this.viewers = viewers;
    this.pages = pages;
  }

  /** What the sign-in form sends. */
  record SignIn(@Nullable String key, @Nullable String next) {}

  /** What the sign-out button sends. */
  record SignOut(@Nullable String csrf) {}

  @GetMapping(path = "/", produces = "text/html")
  void root(ServerWebExchange exchange) {
    redirect(exchange, SignInForm.HOME, List.of());
  }

  @GetMapping("/console/sign-in")
  String form(@RequestParam(required = false) @Nullable String next, Model model) {
    return pages.show(model, SignInForm.inside(next));
  }

  @PostMapping("/console/sign-in")
  String signIn(@ModelAttribute SignIn form, Model model, ServerWebExchange exchange) {
    requireOwnForm(exchange.getRequest());
    String key = Objects.requireNonNullElse(form.key(), "").strip();
    String next = SignInForm.inside(form.next());
    try {
      setCookies(exchange, viewers.signIn(key, exchange));
      return "redirect:" + next;
    } catch (SignedOutException e) {
      return again(model, exchange, next);
    } catch (IllegalArgumentException e) { // characters that no header and no key can have
      return again(model, exchange, next);
    }
  }

  @PostMapping("/console/sign-out")
  void signOut(@ModelAttribute SignOut form, ServerWebExchange exchange) {
    List<String> cookies = List.of();
    try {
      cookies = viewers.signOut(viewers.of(exchange), form.csrf());
    } catch (SignedOutException e) {
      // It is out already.
    }
    redirect(exchange, "/console/sign-in", cookies);
  }

  private String again(Model model, ServerWebExchange exchange, String next) {
    exchange.getResponse().setStatusCode(HttpStatus.UNAUTHORIZED);
    model.addAttribute("refused", true);
    return pages.show(model, next);
  }

  /** Another site must not sign a browser in as somebody else. */
  private static void requireOwnForm(ServerHttpRequest request) {
    String site = request.getHeaders().getFirst("Sec-Fetch-Site");
    String origin = request.getHeaders().getFirst(HttpHeaders.ORIGIN);
    String host = request.getHeaders().getFirst(HttpHeaders.HOST);
    boolean foreign =
        site != null
            ? !site.equals("same-origin") && !site.equals("none")
            : origin != null && !origin.replaceFirst("^https?://", "").equals(host);
    if (foreign) {
      throw new ResponseStatusException(
          HttpStatus.FORBIDDEN, "Sign in on the console's own page, not from another site.");
    }
  }

  private static void redirect(ServerWebExchange exchange, String path, List<String> cookies) {
    ServerHttpResponse response = exchange.getResponse();
    response.setStatusCode(HttpStatus.SEE_OTHER);
    response.getHeaders().setLocation(URI.create(path));
    setCookies(exchange, cookies);
  }

  private static void setCookies(ServerWebExchange exchange, List<String> cookies) {
    HttpHeaders headers = exchange.getResponse().getHeaders();
    cookies.forEach(cookie -> headers.add(HttpHeaders.SET_COOKIE, cookie));
  }
}
