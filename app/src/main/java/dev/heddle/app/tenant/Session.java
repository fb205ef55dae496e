package dev.heddle.app.tenant;

import dev.heddle.format.Digest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * What a browser's cookie says of it.
 *
 * @param keyId public id of the key that the session stands for
 * @param stamp tells that key from a later one of the same id
 * @param endsAt when the browser has to sign in again
 * @param csrfId what the session's CSRF token is made from
 */
public record Session(String keyId, Digest stamp, Instant issuedAt, Instant endsAt, String csrfId) {
  /** How long a session lasts that began with a key. */
  static final Duration LIFETIME = Duration.ofHours(12);

  public Session {
    issuedAt = issuedAt.truncatedTo(ChronoUnit.SECONDS);
    endsAt = endsAt.truncatedTo(ChronoUnit.SECONDS);
  }

  boolean isOverAt(Instant now) {
    return !now.isBefore(endsAt()) || now.isBefore(issuedAt.minusSeconds(60));
  }
}
