package dev.heddle.app.api.adapters;

import dev.heddle.registry.adapter.Grant;
import java.time.Instant;

/**
 * A tenant that may call an adapter.
 *
 * @param tenant the name it was granted to, whether there is such a tenant yet or not
 */
record GrantView(String tenant, Instant createdAt) {
  static GrantView of(Grant grant) {
    return new GrantView(grant.tenant(), grant.createdAt());
  }
}
