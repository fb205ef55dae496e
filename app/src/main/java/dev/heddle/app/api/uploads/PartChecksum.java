package dev.heddle.app.api.uploads;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/** The checksum that a client states of one request's bytes: {@code Upload-Checksum}. */
final class PartChecksum {
  static final String ALGORITHMS = "sha1,sha256";
  private static final String HEADER = "Upload-Checksum";
  private static final Map<String, String> NAMES = Map.of("sha1", "SHA-1", "sha256", "SHA-256");

  private final MessageDigest actual;
  private final byte[] stated;

  private PartChecksum(MessageDigest actual, byte[] stated) {
    this.actual = actual;
    this.stated = stated;
  }

  /**
   * Null if none is stated.
   *
   * @throws ApiException if it cannot be read, or its algorithm is not known
   */
  static @Nullable PartChecksum of(HttpHeaders request) {
    String header = request.getFirst(HEADER);
    if (header == null) {
      return null;
    }
    String[] words = header.strip().split(" +", -1);
    String algorithm = NAMES.get(words[0]);
    if (algorithm == null || words.length != 2) {
      throw unreadable();
    }
    try {
      MessageDigest digest = MessageDigest.getInstance(algorithm);
      byte[] stated = Base64.getDecoder().decode(words[1]);
      if (stated.length != digest.getDigestLength()) {
        throw unreadable();
      }
      return new PartChecksum(digest, stated);
    } catch (IllegalArgumentException e) {
      throw unreadable();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has " + algorithm, e);
    }
  }

  /** Adds bytes, leaving the buffer as it is. */
  void update(ByteBuffer bytes) {
    actual.update(bytes.duplicate());
  }

  /** Whether the bytes were those stated; to be asked once. */
  boolean matches() {
    return MessageDigest.isEqual(actual.digest(), stated);
  }

  private static ApiException unreadable() {
    return new ApiException(
        ErrorCode.INVALID_REQUEST,
        "The header Upload-Checksum must be one of " + ALGORITHMS + ", a space, and Base64.",
        HEADER);
  }
}
