package dev.heddle.registry.snapshot;

import dev.heddle.registry.access.Principal;

/** The result of checking a request's key. */
public sealed interface Authentication {
  /** The key is good. */
  record Granted(Principal principal) implements Authentication {}

  /** It is not; the reason is for the log and for the key's holder. */
  record Denied(Reason reason) implements Authentication {}

  /** Why a key is refused. */
  enum Reason {
    /** No key of this id, or another secret, or not a key at all. */
    UNKNOWN,
    /** Its time is over. */
    EXPIRED,
    /** It was taken back. */
    REVOKED,
    /** Its tenant is shut out. */
    TENANT_DISABLED
  }
}
