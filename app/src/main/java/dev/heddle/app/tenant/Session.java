package dev.heddle.app.tenant;

import dev.heddle.format.Digest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * What a browser's cookie says of it.
 *
 * @param keyId public id of the key that the browser signed in with
 * @param stamp tells that key from a later one of the same id
 * @param csrfId what the session's CSRF token is made from
 */
public record Session(String keyId, Digest stamp, Instant issuedAt, String csrfId) {
  static final Duration LIFETIME = Duration.ofHours(12);

  public Session {
    issuedAt = issuedAt.truncatedTo(ChronoUnit.SECONDS);
  }

  /** When the browser has to sign in again. */
  public Instant endsAt() {
    return issuedAt.plus(LIFETIME);
  }

  boolean isOverAt(Instant now) {
    return !now.isBefore(endsAt()) || now.isBefore(issuedAt.minusSeconds(60));
  }
}
