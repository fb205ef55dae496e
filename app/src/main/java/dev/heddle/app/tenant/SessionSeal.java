package dev.heddle.app.tenant;

import dev.heddle.format.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Turns sessions into the text of a cookie and back: fields in the clear, and an HMAC-SHA256 over
 * them. A cookie holds no key; who reads one learns a public id. Threads may share it.
 */
public final class SessionSeal {
  private static final String ALGORITHM = "HmacSHA256";
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
  private static final int CSRF_ID_BYTES = 16;

  private final SecretKeySpec secret;
  private final SecureRandom random = new SecureRandom();

  /**
   * @param secret 32 bytes that this server alone knows
   */
  SessionSeal(byte[] secret) {
    this.secret = new SecretKeySpec(secret, ALGORITHM);
  }

  /**
   * A seal by the secret in the data folder, which is made at the first start.
   *
   * @throws IOException if the secret cannot be read or written
   */
  public static SessionSeal in(Path dataFolder) throws IOException {
    return new SessionSeal(SessionSecret.in(dataFolder));
  }

  /** A session that begins now. */
  Session begin(String keyId, Digest stamp, Instant now) {
    byte[] csrfId = new byte[CSRF_ID_BYTES];
    random.nextBytes(csrfId);
    return new Session(keyId, stamp, now, ENCODER.encodeToString(csrfId));
  }

  /** The cookie's text: base64url of the fields, a dot, base64url of the HMAC. */
  String seal(Session session) {
    String fields =
        String.join(
            "\n",
            session.keyId(),
            session.stamp().hex(),
            Long.toString(session.issuedAt().getEpochSecond()),
            session.csrfId());
    String head = ENCODER.encodeToString(fields.getBytes(StandardCharsets.UTF_8));
    return head + "." + ENCODER.encodeToString(mac("session", head));
  }

  /** Null unless the text was sealed here and is of a session that is not over. */
  @Nullable Session open(String cookie, Instant now) {
    int dot = cookie.indexOf('.');
    if (dot < 0) {
      return null;
    }
    String head = cookie.substring(0, dot);
    byte[] expected = ENCODER.encode(mac("session", head));
    byte[] shown = cookie.substring(dot + 1).getBytes(StandardCharsets.UTF_8);
    if (!MessageDigest.isEqual(expected, shown)) {
      return null;
    }
    String fields = new String(Base64.getUrlDecoder().decode(head), StandardCharsets.UTF_8);
    List<String> parts = List.of(fields.split("\n", -1));
    Session session =
        new Session(
            parts.get(0),
            new Digest(parts.get(1)),
            Instant.ofEpochSecond(Long.parseLong(parts.get(2))),
            parts.get(3));
    return session.isOverAt(now) ? null : session;
  }

  /** What a page of this session shows with every change that it asks for. */
  String csrfToken(Session session) {
    return ENCODER.encodeToString(mac("csrf", session.csrfId()));
  }

  private byte[] mac(String use, String text) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(secret);
      return mac.doFinal((use + "\n" + text).getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }
}
