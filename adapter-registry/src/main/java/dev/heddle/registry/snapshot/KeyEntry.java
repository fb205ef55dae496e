package dev.heddle.registry.snapshot;

import dev.heddle.format.Digest;
import dev.heddle.format.Digests;
import dev.heddle.registry.access.Principal;
import java.security.MessageDigest;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A key in the snapshot: its owner, and the digest that a presented secret is compared with. */
record KeyEntry(
    Principal principal,
    Digest secretHash,
    @Nullable Instant expiresAt,
    @Nullable Instant revokedAt) {
  /** In a time that does not depend on where the two differ. */
  boolean matches(byte[] hash) {
    return MessageDigest.isEqual(secretHash.bytes(), hash);
  }

  /** A digest of the secret's digest: the same as long as the secret is. */
  Digest stamp() {
    return Digest.of(Digests.sha256().digest(secretHash.bytes()));
  }

  Authentication at(Instant now) {
    if (revokedAt != null) {
      return new Authentication.Denied(Authentication.Reason.REVOKED);
    }
    if (expiresAt != null && !now.isBefore(expiresAt)) {
      return new Authentication.Denied(Authentication.Reason.EXPIRED);
    }
    return new Authentication.Granted(principal);
  }
}
