package dev.heddle.registry.access;

import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Every base model's name is callable by every tenant, and so taken in each of them. */
final class BaseNames {
  // New tenants and new base models take turns, or one would miss the other.
  private static final long ADVISORY_LOCK = 0x6865_6464_6c66L;

  private BaseNames() {}

  static void lock(JdbcClient jdbc) {
    jdbc.sql("select pg_advisory_xact_lock(:key)")
        .param("key", ADVISORY_LOCK)
        .query((row, n) -> true)
        .list();
  }

  static void addTo(JdbcClient jdbc, UUID tenant) {
    jdbc.sql(
            """
            insert into callable_name (tenant_id, name, kind)
            select distinct cast(:tenant as uuid), name, 'base' from base_model
            """)
        .param("tenant", tenant)
        .update();
  }

  /** Adds one base model's name to all tenants; where it is there already it stays what it is. */
  static void addToAll(JdbcClient jdbc, String name) {
    jdbc.sql(
            """
            insert into callable_name (tenant_id, name, kind)
            select id, :name, 'base' from tenant on conflict do nothing
            """)
        .param("name", name)
        .update();
  }
}
