package dev.heddle.app.api.uploads;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import dev.heddle.format.Digest;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/** The SHA-256 that a client states of what it sends. */
final class StatedDigest {
  /** RFC 9530: {@code sha-256=:BASE64:}, among other algorithms. */
  private static final Pattern CONTENT_DIGEST =
      Pattern.compile("(?:^|[,\\s])sha-256=:([A-Za-z0-9+/=]+):");

  /** RFC 3230: {@code SHA-256=BASE64}. */
  private static final Pattern DIGEST =
      Pattern.compile("(?:^|[,\\s])sha-256=([A-Za-z0-9+/=]+)", Pattern.CASE_INSENSITIVE);

  private StatedDigest() {}

  /**
   * Null if none is stated in a way that is known.
   *
   * @throws ApiException if one is, and cannot be read
   */
  static @Nullable Digest of(HttpHeaders headers) {
    String hex = headers.getFirst("x-checksum-sha256");
    if (hex != null) {
      try {
        return new Digest(hex.strip().toLowerCase(Locale.ROOT));
      } catch (IllegalArgumentException e) {
        throw unreadable("x-checksum-sha256");
      }
    }
    Digest digest = base64(headers, "Content-Digest", CONTENT_DIGEST);
    return digest != null ? digest : base64(headers, "Digest", DIGEST);
  }

  private static @Nullable Digest base64(HttpHeaders headers, String name, Pattern form) {
    String header = headers.getFirst(name);
    Matcher matcher = header == null ? null : form.matcher(header);
    if (matcher == null || !matcher.find()) {
      return null;
    }
    try {
      byte[] bytes = Base64.getDecoder().decode(matcher.group(1));
      if (bytes.length != 32) {
        throw unreadable(name);
      }
      return Digest.of(bytes);
    } catch (IllegalArgumentException e) {
      throw unreadable(name);
    }
  }

  private static ApiException unreadable(String header) {
    return new ApiException(
        ErrorCode.INVALID_REQUEST, "The header " + header + " holds no SHA-256.", header);
  }
}
