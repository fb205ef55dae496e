package dev.heddle.app.tenant;

import dev.heddle.registry.access.Principal;
import org.springframework.web.server.ServerWebExchange;

/** Where a request carries who sent it. */
public final class Caller {
  private static final String ATTRIBUTE = Caller.class.getName();

  private Caller() {}

  /** Whom {@link ApiKeyFilter} has let in. */
  public static Principal of(ServerWebExchange exchange) {
    return exchange.getRequiredAttribute(ATTRIBUTE);
  }

  static void attach(ServerWebExchange exchange, Principal principal) {
    exchange.getAttributes().put(ATTRIBUTE, principal);
  }
}
