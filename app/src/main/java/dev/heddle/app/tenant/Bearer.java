package dev.heddle.app.tenant;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;

/** The text of the key that a request shows. */
public final class Bearer {
  private static final String SCHEME = "Bearer ";

  /** Where some clients put it that do not send the usual one. */
  private static final String OTHER_HEADER = "x-api-key";

  private Bearer() {}

  /** Whether the request says anything of a key, be it nothing that can be read. */
  public static boolean isStated(ServerHttpRequest request) {
    HttpHeaders headers = request.getHeaders();
    return headers.containsHeader(HttpHeaders.AUTHORIZATION)
        || headers.containsHeader(OTHER_HEADER);
  }

  /** Null if the request shows none. */
  public static @Nullable String of(ServerHttpRequest request) {
    String header = request.getHeaders().getFirst(HttpHeaders.AUTHORIZATION);
    if (header == null) {
      String other = request.getHeaders().getFirst(OTHER_HEADER);
      return other == null ? null : other.strip();
    }
    if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return null;
    }
    return header.substring(SCHEME.length()).strip();
  }
}
