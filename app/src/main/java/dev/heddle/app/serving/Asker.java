package dev.heddle.app.serving;

import dev.heddle.app.routing.Forwarder;
import dev.heddle.app.tenant.Caller;
import dev.heddle.app.tracing.RequestTrace;
import dev.heddle.registry.access.Principal;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;

/**
 * What a request says of itself outside its body.
 *
 * @param stickyKey of the header {@value Forwarder#STICKY}, null without one: requests with the
 *     same key are answered by the same version of a name with several
 */
record Asker(Principal caller, RequestTrace trace, @Nullable String stickyKey) {
  static Asker of(ServerWebExchange exchange) {
    return new Asker(
        Caller.of(exchange),
        RequestTrace.of(exchange),
        exchange.getRequest().getHeaders().getFirst(Forwarder.STICKY));
  }

  /** The header's key, else the user the body names, else that of this one answer. */
  String stickyKey(@Nullable String user, String answerId) {
    if (stickyKey != null && !stickyKey.isBlank()) {
      return stickyKey;
    }
    return user != null && !user.isBlank() ? user : answerId;
  }
}
