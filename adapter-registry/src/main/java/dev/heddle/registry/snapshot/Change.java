package dev.heddle.registry.snapshot;

import java.util.UUID;

/**
 * Something that is to be read again.
 *
 * @param name of the tenant itself, public id of its key, or what it calls so
 */
record Change(Kind kind, UUID tenant, String name) {
  /** In the order in which they are read: the others hang on tenants. */
  enum Kind {
    TENANT,
    KEY,
    NAME
  }
}
