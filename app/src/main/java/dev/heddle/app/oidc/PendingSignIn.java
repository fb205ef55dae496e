package dev.heddle.app.oidc;

import dev.heddle.app.tenant.Seal;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A sign-in on its way to the provider and back. Its cookie in the browser ties the way back to the
 * way there; what must not be known there follows from the state by this server's secret.
 *
 * @param state random text that the provider sends back
 * @param nonce stands in the id token
 * @param verifier proves to the provider that who takes the code began the sign-in
 * @param next text of whoever began it, maybe empty
 */
record PendingSignIn(String state, String nonce, String verifier, Instant begunAt, String next) {
  /** How long a person may take at the provider. */
  static final Duration LIFETIME = Duration.ofMinutes(10);

  private static final String USE = "sign-in";
  private static final int FIELDS = 3;

  static PendingSignIn of(Seal seal, String state, Instant begunAt, String next) {
    return new PendingSignIn(
        state, seal.derive("nonce", state), seal.derive("pkce", state), begunAt, next);
  }

  /** Null unless the text is a cookie's from here, and not too old. */
  static @Nullable PendingSignIn open(Seal seal, String cookie, Instant now) {
    var fields = seal.open(USE, FIELDS, cookie);
    if (fields == null) {
      return null;
    }
    Instant begunAt = Instant.ofEpochSecond(Long.parseLong(fields.get(1)));
    boolean over = !now.isBefore(begunAt.plus(LIFETIME));
    return over ? null : of(seal, fields.getFirst(), begunAt, fields.get(2));
  }

  /** The cookie's text. */
  String cookie(Seal seal) {
    return seal.close(USE, state, Long.toString(begunAt.getEpochSecond()), next);
  }
}
