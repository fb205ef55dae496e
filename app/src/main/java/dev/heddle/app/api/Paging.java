package dev.heddle.app.api;

import dev.heddle.registry.InvalidException;
import dev.heddle.registry.Page;
import org.springframework.util.MultiValueMap;
import org.springframework.web.server.ServerWebExchange;

/** The query parameters {@code limit} and {@code after} of a list. */
public final class Paging {
  private Paging() {}

  public static Page.Request of(ServerWebExchange exchange) {
    MultiValueMap<String, String> query = exchange.getRequest().getQueryParams();
    String limit = query.getFirst("limit");
    int size = Page.Request.FIRST.limit();
    if (limit != null) {
      try {
        size = Integer.parseInt(limit);
      } catch (NumberFormatException e) {
        throw new InvalidException("page-limit", "limit", "is not a number");
      }
    }
    return new Page.Request(size, query.getFirst("after"));
  }
}
