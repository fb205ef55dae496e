package dev.heddle.app.tenant;

import dev.heddle.format.Digest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns sessions into the text of a cookie and back. A cookie holds no key; who reads one learns a
 * public id. Threads may share it.
 */
final class SessionSeal {
  private static final String USE = "session";
  private static final int FIELDS = 5;
  private static final int CSRF_ID_BYTES = 16;

  private final Seal seal;
  private final SecureRandom random = new SecureRandom();

  SessionSeal(Seal seal) {
    this.seal = seal;
  }

  /** A session that begins now. */
  Session begin(String keyId, Digest stamp, Instant now, Duration lifetime) {
    byte[] csrfId = new byte[CSRF_ID_BYTES];
    random.nextBytes(csrfId);
    String csrf = Base64.getUrlEncoder().withoutPadding().encodeToString(csrfId);
    return new Session(keyId, stamp, now, now.plus(lifetime), csrf);
  }

  /** The cookie's text. */
  String seal(Session session) {
    return seal.close(
        USE,
        session.keyId(),
        session.stamp().hex(),
        Long.toString(session.issuedAt().getEpochSecond()),
        Long.toString(session.endsAt().getEpochSecond()),
        session.csrfId());
  }

  /** Null unless the text was sealed here and is of a session that is not over. */
  @Nullable Session open(String cookie, Instant now) {
    List<String> parts = seal.open(USE, FIELDS, cookie);
    if (parts == null) {
      return null;
    }
    Session session =
        new Session(
            parts.get(0),
            new Digest(parts.get(1)),
            Instant.ofEpochSecond(Long.parseLong(parts.get(2))),
            Instant.ofEpochSecond(Long.parseLong(parts.get(3))),
            parts.get(4));
    return session.isOverAt(now) ? null : session;
  }

  /** What a page of this session shows with every change that it asks for. */
  String csrfToken(Session session) {
    return seal.derive("csrf", session.csrfId());
  }
}
