package dev.heddle.app.tenant;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;

/** The text of the key that a request shows. */
public final class Bearer {
  private static final String SCHEME = "Bearer ";

  private Bearer() {}

  /** Null if the request shows none. */
  public static @Nullable String of(ServerHttpRequest request) {
    String header = request.getHeaders().getFirst(HttpHeaders.AUTHORIZATION);
    if (header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return null;
    }
    return header.substring(SCHEME.length()).strip();
  }
}
