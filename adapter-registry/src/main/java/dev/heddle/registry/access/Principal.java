package dev.heddle.registry.access;

import dev.heddle.registry.Actor;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The key and the tenant that a request acts for.
 *
 * @param tenant the tenant's name
 * @param publicId the key's, as in lists and logs
 * @param person who signed in at a provider and acts by this key; null for a key that is somebody's
 */
public record Principal(
    UUID tenantId,
    String tenant,
    UUID keyId,
    String publicId,
    @Nullable String person,
    Set<Scope> scopes) {
  public Principal {
    scopes = Set.copyOf(scopes);
  }

  public boolean may(Scope scope) {
    return scopes.contains(scope);
  }

  /** The same key on behalf of another tenant. */
  public Principal actingFor(UUID otherId, String other) {
    return new Principal(otherId, other, keyId, publicId, person, scopes);
  }

  /** As the audit trail names it. */
  public Actor actor() {
    return person == null ? Actor.ofKey(publicId) : Actor.ofPerson(person, publicId);
  }
}
