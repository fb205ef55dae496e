package dev.heddle.app.oidc;

import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Sign-ins that have ended, for as long as their cookies are good. Safe for any thread. */
final class UsedStates {
  private final Map<String, Instant> used = new ConcurrentHashMap<>();

  /** Whether it is the first time. */
  boolean add(PendingSignIn ended, Instant now) {
    used.values().removeIf(over -> !now.isBefore(over));
    return used.putIfAbsent(ended.state(), ended.begunAt().plus(PendingSignIn.LIFETIME)) == null;
  }
}
