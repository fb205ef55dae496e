package dev.heddle.registry.adapter;

import dev.heddle.registry.Actor;
import dev.heddle.registry.InvalidException;
import dev.heddle.registry.NotFoundException;
import dev.heddle.registry.access.Tenant;
import dev.heddle.registry.audit.AuditLog;
import dev.heddle.registry.db.RegistryDatabase;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Lets other tenants call an adapter, as {@code owner/name}. */
public final class Grants {
  private final RegistryDatabase db;

  public Grants(RegistryDatabase db) {
    this.db = db;
  }

  /**
   * Grants an adapter; granting again changes nothing.
   *
   * @throws NotFoundException {@code adapter-not-found}
   * @throws InvalidException if the grantee owns it
   */
  public void grant(Actor actor, UUID owner, String adapter, Tenant grantee) {
    if (grantee.id().equals(owner)) {
      throw new InvalidException("grantee", "tenant", "owns the adapter");
    }
    db.change(jdbc -> {
      Adapter granted = Adapters.get(jdbc, owner, adapter);
      int added =
          jdbc.sql(
                  """
                  insert into adapter_grant (tenant_id, adapter_id, grantee_id)
                  values (:owner, :adapter, :grantee) on conflict do nothing
                  """)
              .param("owner", owner)
              .param("adapter", granted.id())
              .param("grantee", grantee.id())
              .update();
      if (added > 0) {
        jdbc.sql(
                """
                update adapter set visibility = 'granted', revision = revision + 1
                where id = :id and visibility = 'private'
                """)
            .param("id", granted.id())
            .update();
        AuditLog.write(
            jdbc, actor, owner, "grant.add", adapter, null, Map.of("tenant", grantee.name()));
      }
      return added;
    });
  }

  /**
   * Takes a grant back; without one nothing changes.
   *
   * @throws NotFoundException {@code adapter-not-found}
   */
  public void revoke(Actor actor, UUID owner, String adapter, Tenant grantee) {
    db.change(jdbc -> {
      Adapter granted = Adapters.get(jdbc, owner, adapter);
      int removed =
          jdbc.sql(
                  "delete from adapter_grant where adapter_id = :adapter and grantee_id = :grantee")
              .param("adapter", granted.id())
              .param("grantee", grantee.id())
              .update();
      if (removed > 0) {
        AuditLog.write(
            jdbc, actor, owner, "grant.remove", adapter, Map.of("tenant", grantee.name()), null);
      }
      return removed;
    });
  }

  /** Names of the tenants an adapter is granted to. */
  public List<String> list(UUID owner, String adapter) {
    return db.read(jdbc ->
        jdbc.sql(
                """
                select t.name from adapter_grant g join tenant t on t.id = g.grantee_id
                where g.adapter_id = :adapter order by t.name
                """)
            .param("adapter", Adapters.get(jdbc, owner, adapter).id())
            .query((row, n) -> row.getString("name"))
            .list());
  }
}
