package dev.heddle.app.api.session;

import dev.heddle.app.tenant.Session;
import dev.heddle.registry.access.Principal;
import dev.heddle.registry.access.Scope;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who asks, and by what right.
 *
 * @param keyId of the key, of the one that the session began with, or of the person's own
 * @param person who signed in at a provider; null for who has shown a key
 * @param tenant whose key it is
 * @param endsAt when the session is over; null for a request that shows the key itself
 * @param csrfToken to be sent as {@code X-CSRF-Token} with every change; null for the same
 */
record SessionView(
    String keyId,
    @Nullable String person,
    String tenant,
    List<String> scopes,
    @Nullable Instant endsAt,
    @Nullable String csrfToken) {
  static SessionView of(Principal caller, @Nullable Session session, @Nullable String csrfToken) {
    return new SessionView(
        caller.publicId(),
        caller.person(),
        caller.tenant(),
        caller.scopes().stream().map(Scope::text).sorted().toList(),
        session == null ? null : session.endsAt(),
        csrfToken);
  }
}
