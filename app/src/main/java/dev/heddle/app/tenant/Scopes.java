package dev.heddle.app.tenant;

import dev.heddle.registry.access.Principal;
import dev.heddle.registry.access.Scope;
import java.util.List;
import java.util.stream.Stream;

/** What each path asks of a key. */
public final class Scopes {
  /** What a tenant manages by itself; everything else is the operator's. */
  private static final List<String> TENANTS_OWN =
      Stream.of("adapters", "aliases", "capacity", "tenant", "usage", "keys", "audit")
          .map(name -> "/api/v1/" + name)
          .toList();

  /** What may follow a collection's path: a member of it, or a verb. */
  private static final String SEPARATORS = "/:";

  private Scopes() {}

  /**
   * Whether a path needs no key: probes, scrapers and generators of clients have none, and learn no
   * names there.
   */
  public static boolean isOpen(String path) {
    return path.equals("/api/v1/openapi.json")
        || path.equals("/actuator/health")
        || path.startsWith("/actuator/health/")
        || path.equals("/actuator/prometheus");
  }

  /** Whether the key opens the path. The operator's scope opens all of management. */
  public static boolean allows(Principal caller, String path) {
    if (isInference(path)) {
      return caller.may(Scope.INFERENCE);
    }
    boolean own = TENANTS_OWN.stream().anyMatch(root -> isUnder(path, root));
    return caller.may(Scope.ADMIN) || (own && caller.may(Scope.ADAPTERS));
  }

  static boolean isInference(String path) {
    return isUnder(path, "/v1");
  }

  private static boolean isUnder(String path, String root) {
    return path.startsWith(root)
        && (path.length() == root.length() || SEPARATORS.indexOf(path.charAt(root.length())) >= 0);
  }
}
