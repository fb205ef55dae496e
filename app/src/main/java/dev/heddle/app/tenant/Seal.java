package dev.heddle.app.tenant;

import dev.heddle.format.Digests;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Makes texts that nobody else can make: fields in the clear with an HMAC-SHA256 over them, and
 * values derived from a text. Replicas with the same secret know each other's. What is made for one
 * use is nothing to another. Threads may share it.
 */
public final class Seal {
  private static final String ALGORITHM = "HmacSHA256";
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
  private static final String BETWEEN = "\n";

  private final SecretKeySpec secret;

  /**
   * @param secret 32 bytes that the replicas of this platform alone know
   */
  public Seal(byte[] secret) {
    this.secret = new SecretKeySpec(secret, ALGORITHM);
  }

  /** A seal by a text of 32 random characters or more. */
  public static Seal of(String secret) {
    return new Seal(Digests.sha256().digest(secret.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * Base64url of the fields, a dot, base64url of the HMAC: fit for a cookie.
   *
   * @throws IllegalArgumentException if a field has a line break
   */
  public String close(String use, String... fields) {
    for (String field : fields) {
      if (field.contains(BETWEEN)) {
        throw new IllegalArgumentException("a line break in what is to be sealed");
      }
    }
    String all = String.join(BETWEEN, fields);
    String head = ENCODER.encodeToString(all.getBytes(StandardCharsets.UTF_8));
    return head + "." + derive(use, head);
  }

  /** The fields; null unless the text was made here for this use and has so many. */
  public @Nullable List<String> open(String use, int fields, String text) {
    int dot = text.indexOf('.');
    if (dot < 0) {
      return null;
    }
    String head = text.substring(0, dot);
    byte[] expected = derive(use, head).getBytes(StandardCharsets.UTF_8);
    byte[] shown = text.substring(dot + 1).getBytes(StandardCharsets.UTF_8);
    if (!MessageDigest.isEqual(expected, shown)) {
      return null;
    }
    String all = new String(Base64.getUrlDecoder().decode(head), StandardCharsets.UTF_8);
    List<String> parts = List.of(all.split(BETWEEN, -1));
    return parts.size() == fields ? parts : null;
  }

  /**
   * 43 characters of base64url that only who has the secret can tell from the text, always the
   * same.
   */
  public String derive(String use, String text) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(secret);
      return ENCODER.encodeToString(
          mac.doFinal((use + "\n" + text).getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }
}
