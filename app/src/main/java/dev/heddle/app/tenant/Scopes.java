package dev.heddle.app.tenant;

import dev.heddle.registry.access.Principal;
import dev.heddle.registry.access.Scope;

/** What each path asks of a key. */
final class Scopes {
  private Scopes() {}

  /** Whether a path needs no key: probes and scrapers have none, and learn no names there. */
  static boolean isOpen(String path) {
    return path.equals("/actuator/health")
        || path.startsWith("/actuator/health/")
        || path.equals("/actuator/prometheus");
  }

  static boolean allows(Principal caller, String path) {
    return caller.may(needed(path));
  }

  private static Scope needed(String path) {
    if (isUnder(path, "/v1")) {
      return Scope.INFERENCE;
    }
    return isUnder(path, "/api/v1/adapters") ? Scope.ADAPTERS : Scope.ADMIN;
  }

  private static boolean isUnder(String path, String root) {
    return path.equals(root) || path.startsWith(root + "/");
  }
}
