package dev.heddle.app.tenant;

import dev.heddle.registry.access.Principal;
import org.springframework.web.server.ServerWebExchange;

/** Where a request carries who sent it. */
public final class Caller {
  /** Names the tenant that an operator acts for. */
  public static final String ACTING_HEADER = "x-heddle-tenant";

  private static final String ATTRIBUTE = Caller.class.getName();

  private Caller() {}

  /**
   * Whom {@link ApiKeyFilter} has let in, with the tenant that the request is for: the key's own,
   * or the one an operator acts for.
   */
  public static Principal of(ServerWebExchange exchange) {
    return exchange.getRequiredAttribute(ATTRIBUTE);
  }

  /** Whether the path needs a key at all, so that there is somebody. */
  public static boolean isKnown(ServerWebExchange exchange) {
    return exchange.getAttributes().containsKey(ATTRIBUTE);
  }

  /** Whether an operator has named the tenant that the request is for. */
  public static boolean isActing(ServerWebExchange exchange) {
    return exchange.getRequest().getHeaders().containsHeader(ACTING_HEADER);
  }

  static void attach(ServerWebExchange exchange, Principal principal) {
    exchange.getAttributes().put(ATTRIBUTE, principal);
  }
}
