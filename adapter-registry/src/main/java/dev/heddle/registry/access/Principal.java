package dev.heddle.registry.access;

import dev.heddle.registry.Actor;
import java.util.Set;
import java.util.UUID;

/**
 * The key and the tenant that a request acts for.
 *
 * @param tenant the tenant's name
 * @param publicId the key's, as in lists and logs
 */
public record Principal(
    UUID tenantId, String tenant, UUID keyId, String publicId, Set<Scope> scopes) {
  public Principal {
    scopes = Set.copyOf(scopes);
  }

  public boolean may(Scope scope) {
    return scopes.contains(scope);
  }

  /** The same key on behalf of another tenant. */
  public Principal actingFor(UUID otherId, String other) {
    return new Principal(otherId, other, keyId, publicId, scopes);
  }

  /** As the audit trail names it. */
  public Actor actor() {
    return new Actor("key:" + publicId);
  }
}
