package dev.heddle.app.api;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.server.ServerWebExchange;

/**
 * Revisions as entity tags: {@code ETag: "REVISION"} in answers, {@code If-Match} in changes. A
 * change that states none is made whatever the revision is.
 */
public final class ETags {
  private static final String ANY = "*";
  private static final Pattern TAG = Pattern.compile("\"([^\"\\x00-\\x20]*)\"");
  private static final Pattern REVISION = Pattern.compile("[1-9][0-9]{0,17}");

  /** No resource has it: what a foreign tag, or a weak one, is compared as. */
  private static final long NEVER = -1;

  /** The revision of what does not exist yet. */
  private static final long ABSENT = 0;

  private ETags() {}

  /** A resource with its tag. */
  public static <T> ResponseEntity<T> ok(long revision, T body) {
    return ResponseEntity.ok().eTag(of(revision)).body(body);
  }

  /** The tag of a revision, quotes included. */
  public static String of(long revision) {
    return "\"" + revision + "\"";
  }

  /**
   * The revision that a change is made for; null if any will do. {@code If-None-Match: *}, of what
   * is to be new, is revision 0.
   *
   * @throws ApiException if {@code If-Match} is neither one tag nor {@code *}
   */
  public static @Nullable Long expected(ServerWebExchange exchange) {
    HttpHeaders headers = exchange.getRequest().getHeaders();
    if (ANY.equals(trimmed(headers, HttpHeaders.IF_NONE_MATCH))) {
      return ABSENT;
    }
    String header = trimmed(headers, HttpHeaders.IF_MATCH);
    if (header == null || header.equals(ANY)) {
      return null;
    }
    Matcher tag = TAG.matcher(header.startsWith("W/") ? header.substring(2) : header);
    if (!tag.matches()) {
      throw new ApiException(
          ErrorCode.INVALID_REQUEST,
          "If-Match must be one entity tag such as \"3\", or *.",
          HttpHeaders.IF_MATCH);
    }
    // Only strong tags are compared with success (RFC 9110, section 13.1.1).
    boolean ours = !header.startsWith("W/") && REVISION.matcher(tag.group(1)).matches();
    return ours ? Long.valueOf(tag.group(1)) : Long.valueOf(NEVER);
  }

  /** Whether the change is for what exists already, whatever its revision. */
  public static boolean wantsExisting(ServerWebExchange exchange) {
    return ANY.equals(trimmed(exchange.getRequest().getHeaders(), HttpHeaders.IF_MATCH));
  }

  private static @Nullable String trimmed(HttpHeaders headers, String name) {
    String value = headers.getFirst(name);
    return value == null ? null : value.strip();
  }
}
