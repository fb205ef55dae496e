package dev.heddle.app.api.uploads;

import dev.heddle.format.Digest;
import dev.heddle.format.Violations;
import dev.heddle.registry.InvalidException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * What a client announces: {@code Upload-Length}, and in {@code Upload-Metadata} the {@code
 * filename} and, if it likes, the {@code sha256} of the whole file in hex.
 *
 * @param metadata the header as it came, to be given back
 */
record NewUpload(String path, long length, @Nullable Digest sha256, String metadata) {
  private static final String LENGTH = "Upload-Length";
  private static final String METADATA = "Upload-Metadata";

  /**
   * Reads the headers.
   *
   * @throws InvalidException with everything that is wrong
   */
  static NewUpload of(HttpHeaders request) {
    Violations violations = new Violations();
    Long length = TusHeaders.number(request.getFirst(LENGTH));
    if (length == null) {
      violations.add("upload-length", LENGTH, "must be a count of bytes, known from the start");
    }
    String header = request.getFirst(METADATA);
    String metadata = header == null ? "" : header;
    Map<String, String> pairs = pairs(metadata, violations);
    String path = pairs.get("filename");
    if (path == null) {
      violations.add("upload-metadata", METADATA, "must have the filename");
    }
    Digest sha256 = digest(pairs.get("sha256"), violations);
    InvalidException.throwIfAny(violations.list());
    if (length == null || path == null) {
      throw new IllegalStateException("both were just required");
    }
    return new NewUpload(path, length, sha256, metadata);
  }

  private static Map<String, String> pairs(String metadata, Violations violations) {
    Map<String, String> pairs = new HashMap<>();
    if (metadata.isBlank()) {
      return pairs;
    }
    for (String pair : metadata.split(",", -1)) {
      String[] words = pair.strip().split(" +", -1);
      String value = words.length > 2 ? null : decoded(words.length == 2 ? words[1] : "");
      if (words[0].isEmpty() || value == null || pairs.put(words[0], value) != null) {
        violations.add(
            "upload-metadata", METADATA, "must be pairs of a key, once, a space, and Base64");
        return pairs;
      }
    }
    return pairs;
  }

  private static @Nullable String decoded(String base64) {
    try {
      return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static @Nullable Digest digest(@Nullable String hex, Violations violations) {
    if (hex == null) {
      return null;
    }
    try {
      return new Digest(hex.strip().toLowerCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      violations.add("upload-metadata", METADATA, "sha256 must have 64 hex digits");
      return null;
    }
  }
}
