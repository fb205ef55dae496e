package dev.heddle.app.api.session;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import dev.heddle.app.oidc.OidcSignIn;
import dev.heddle.app.oidc.SignInWays;
import dev.heddle.app.tenant.Open;
import dev.heddle.app.tenant.Session;
import dev.heddle.app.tenant.Sessions;
import dev.heddle.registry.access.Principal;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;

/** Sign-in without a key, at a provider of OpenID Connect. */
@RestController
@Open
@Tag(name = "Session")
final class SignInWaysController {
  private final SignInWays ways;
  private final Sessions sessions;

  SignInWaysController(SignInWays ways, Sessions sessions) {
    this.ways = ways;
    this.sessions = sessions;
  }

  @Operation(summary = "Show how people can sign in besides with a key.")
  @GetMapping("/api/v1/sign-in")
  SignInView show() {
    OidcSignIn oidc = ways.oidc();
    return new SignInView(oidc == null ? null : oidc.name());
  }

  @Operation(
      summary = "Begin a sign-in at the provider of OpenID Connect.",
      description =
          "The browser goes to `address` with the cookie `heddle_sign_in`. The provider sends it"
              + " back to the console within ten minutes.")
  @PostMapping(path = "/api/v1/sign-in:begin", consumes = MediaType.APPLICATION_JSON_VALUE)
  SignInBegunView begin(@RequestBody NewSignIn signIn, ServerWebExchange exchange) {
    OidcSignIn.Begun begun = ways.required().begin(signIn.next(), exchange.getRequest());
    exchange.getResponse().addCookie(begun.cookie());
    return new SignInBegunView(begun.address());
  }

  @Operation(
      summary = "Finish a sign-in with what the provider sent the browser back with.",
      description =
          "The request needs the cookie `heddle_sign_in` of the browser that began it. The answer"
              + " begins a session; its cookie stands for the person.")
  @PostMapping(path = "/api/v1/sign-in:finish", consumes = MediaType.APPLICATION_JSON_VALUE)
  SignInDoneView finish(@RequestBody ProviderAnswer answer, ServerWebExchange exchange) {
    OidcSignIn oidc = ways.required();
    OidcSignIn.Done done = oidc.finish(answer.given(), exchange.getRequest());
    Session session = done.session();
    Principal caller = sessions.caller(session);
    if (caller == null) {
      throw new ApiException(
          ErrorCode.SIGN_IN_REFUSED, "This session was ended while it began. Sign in again.");
    }
    ServerHttpResponse response = exchange.getResponse();
    response.addCookie(sessions.cookie(session, exchange.getRequest()));
    response.addCookie(oidc.noCookie(exchange.getRequest()));
    return new SignInDoneView(
        SessionView.of(caller, session, sessions.csrfToken(session)), done.next());
  }
}
