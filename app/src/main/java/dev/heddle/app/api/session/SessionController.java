package dev.heddle.app.api.session;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import dev.heddle.app.tenant.AnyKey;
import dev.heddle.app.tenant.Bearer;
import dev.heddle.app.tenant.Caller;
import dev.heddle.app.tenant.Session;
import dev.heddle.app.tenant.Sessions;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;

/** A browser's session, for as long as it is not to be asked for its key again. */
@RestController
@AnyKey
@Tag(name = "Session")
@RequestMapping("/api/v1/session")
final class SessionController {
  private final Sessions sessions;

  SessionController(Sessions sessions) {
    this.sessions = sessions;
  }

  @Operation(
      summary = "Start a session of 12 hours. A cookie then stands for the key.",
      description =
          "The request needs the key itself: a session cannot extend a session. The session"
              + " ends when the key is revoked or expires. A change that is made with the cookie"
              + " needs `csrf_token` in `X-CSRF-Token`.")
  @PostMapping
  SessionView begin(ServerWebExchange exchange) {
    ServerHttpRequest request = exchange.getRequest();
    if (Bearer.of(request) == null) {
      throw new ApiException(
          ErrorCode.INVALID_API_KEY, "A session begins with 'Authorization: Bearer KEY'.");
    }
    Session session = sessions.begin(Caller.of(exchange));
    exchange.getResponse().addCookie(sessions.cookie(session, request));
    return SessionView.of(Caller.of(exchange), session, sessions.csrfToken(session));
  }

  @Operation(summary = "Show the tenant and scopes of this key or session.")
  @GetMapping
  SessionView show(ServerWebExchange exchange) {
    ServerHttpRequest request = exchange.getRequest();
    @Nullable Session session = Bearer.of(request) == null ? sessions.of(request) : null;
    return SessionView.of(
        Caller.of(exchange), session, session == null ? null : sessions.csrfToken(session));
  }

  @Operation(summary = "End this browser's session and delete its cookie.")
  @ApiResponse(responseCode = "204")
  @DeleteMapping
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void end(ServerWebExchange exchange) {
    exchange.getResponse().addCookie(sessions.noCookie(exchange.getRequest()));
  }
}
