package dev.heddle.registry.residency;

import dev.heddle.format.Digest;
import dev.heddle.registry.Actor;
import dev.heddle.registry.ConflictException;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.adapter.VersionState;
import dev.heddle.registry.audit.AuditLog;
import dev.heddle.registry.db.Columns;
import dev.heddle.registry.db.RegistryDatabase;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Which versions stay resident. An engine keeps an adapter digest, which several versions may
 * share; the digest is pinned while one of them is. Safe for any thread.
 */
public final class Pins {
  private static final String HOLDERS =
      """
      select v.digest, v.tenant_id, t.name as tenant, a.name || '@' || v.number as version, v.bytes,
        p.version_id is not null as pinned
      from adapter_version v
        join adapter a on a.id = v.adapter_id
        join tenant t on t.id = v.tenant_id
        left join pin p on p.tenant_id = v.tenant_id and p.version_id = v.id
      where v.state = 'READY'
      """;

  private final RegistryDatabase db;

  public Pins(RegistryDatabase db) {
    this.db = db;
  }

  /**
   * Pins a version. Doing so again changes nothing.
   *
   * @throws ConflictException {@code version-state} unless it is ready
   */
  public void pin(Actor actor, Version version) {
    version.require(VersionState.READY);
    db.change(jdbc -> {
      int added =
          jdbc.sql(
                  """
                  insert into pin (tenant_id, version_id, pinned_by)
                  values (:tenant, :version, :actor) on conflict do nothing
                  """)
              .param("tenant", version.tenantId())
              .param("version", version.id())
              .param("actor", actor.name())
              .update();
      if (added > 0) {
        audit(jdbc, actor, version, false);
      }
      return added;
    });
  }

  /**
   * Ends a version's pin, where it has one.
   *
   * @throws ConflictException {@code version-state} unless it is ready
   */
  public void unpin(Actor actor, Version version) {
    version.require(VersionState.READY);
    db.change(jdbc -> {
      int removed =
          jdbc.sql("delete from pin where tenant_id = :tenant and version_id = :version")
              .param("tenant", version.tenantId())
              .param("version", version.id())
              .update();
      if (removed > 0) {
        audit(jdbc, actor, version, true);
      }
      return removed;
    });
  }

  /** Digests of all pinned versions. */
  public Set<Digest> digests() {
    return db.read(jdbc ->
        jdbc.sql(
                """
                select distinct v.digest from pin p
                  join adapter_version v on v.tenant_id = p.tenant_id and v.id = p.version_id
                """)
            .query((row, n) -> Columns.digest(row, "digest"))
            .set());
  }

  /** Every pinned version, by tenant and name. */
  public List<Holder> list() {
    return holders(HOLDERS + " and p.version_id is not null order by tenant, version", Map.of());
  }

  /** The ready versions with these digests, of all tenants, by tenant and name. */
  public List<Holder> holders(Collection<Digest> digests) {
    if (digests.isEmpty()) {
      return List.of();
    }
    List<byte[]> wanted = digests.stream().map(Digest::bytes).toList();
    return holders(
        HOLDERS + " and v.digest in (:digests) order by tenant, version",
        Map.of("digests", wanted));
  }

  private List<Holder> holders(String sql, Map<String, ?> parameters) {
    return db.read(jdbc ->
        jdbc.sql(sql)
            .params(parameters)
            .query((row, n) ->
                new Holder(
                    Columns.digest(row, "digest"),
                    Columns.id(row, "tenant_id"),
                    row.getString("tenant"),
                    row.getString("version"),
                    row.getLong("bytes"),
                    row.getBoolean("pinned")))
            .list());
  }

  private static void audit(JdbcClient jdbc, Actor actor, Version version, boolean before) {
    AuditLog.write(
        jdbc,
        actor,
        version.tenantId(),
        before ? "version.unpin" : "version.pin",
        version.label(),
        Map.of("pinned", before),
        Map.of("pinned", !before));
  }
}
