package dev.heddle.registry.access;

import dev.heddle.registry.Actor;
import dev.heddle.registry.ConflictException;
import dev.heddle.registry.Ids;
import dev.heddle.registry.Names;
import dev.heddle.registry.NotFoundException;
import dev.heddle.registry.Page;
import dev.heddle.registry.PreconditionException;
import dev.heddle.registry.audit.AuditLog;
import dev.heddle.registry.db.Columns;
import dev.heddle.registry.db.RegistryDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The tenants, their shares and limits. */
public final class Tenants {
  private static final String COLUMNS =
      """
      id, name, weight, requests_per_minute, tokens_per_minute, concurrent_sequences, stored_bytes,
        resident_slots, revision, created_at, disabled_at
      """;

  private final RegistryDatabase db;

  public Tenants(RegistryDatabase db) {
    this.db = db;
  }

  /** The tenant {@value Tenant#DEFAULT}, made if this is the first start. */
  public Tenant ensureDefault() {
    return db.change(jdbc -> {
      BaseNames.lock(jdbc);
      return find(jdbc, Tenant.DEFAULT)
          .orElseGet(() -> insert(jdbc, Actor.SYSTEM, Tenant.DEFAULT, TenantLimits.NONE));
    });
  }

  /** {@link #create(Actor, String, TenantLimits)} without limits. */
  public Tenant create(Actor actor, String name) {
    return create(actor, name, TenantLimits.NONE);
  }

  /**
   * Adds a tenant.
   *
   * @throws dev.heddle.registry.InvalidException if the name breaks the rule
   * @throws ConflictException {@code name-taken}
   */
  public Tenant create(Actor actor, String name, TenantLimits limits) {
    Names.require("tenant", name);
    return db.change(jdbc -> {
      BaseNames.lock(jdbc);
      return insert(jdbc, actor, name, limits);
    });
  }

  /**
   * Gives a tenant other limits; the same ones again change nothing.
   *
   * @param expectedRevision the revision that the change was made for, null for any
   * @throws NotFoundException {@code tenant-not-found}
   * @throws PreconditionException if the tenant is at another revision
   */
  public Tenant update(
      Actor actor, String name, TenantLimits limits, @Nullable Long expectedRevision) {
    return update(actor, name, before -> limits, expectedRevision);
  }

  /**
   * Changes a tenant's limits.
   *
   * @param change gives the new limits; no other change comes between them and the ones it is given
   * @see #update(Actor, String, TenantLimits, Long)
   */
  public Tenant update(
      Actor actor,
      String name,
      UnaryOperator<TenantLimits> change,
      @Nullable Long expectedRevision) {
    return db.change(jdbc -> {
      Tenant before = lock(jdbc, name);
      PreconditionException.require("tenant '" + name + "'", expectedRevision, before.revision());
      TenantLimits limits = change.apply(before.limits());
      if (limits.equals(before.limits())) {
        return before;
      }
      AuditLog.write(
          jdbc, actor, before.id(), "tenant.update", name, before.limits().asMap(), limits.asMap());
      return update(jdbc, before.id(), limits);
    });
  }

  /**
   * Shuts a tenant out: none of its keys and sessions opens anything, until it is enabled again.
   * What is its own stays, and others go on calling what they may call of it.
   *
   * @throws NotFoundException {@code tenant-not-found}
   * @throws ConflictException {@code tenant-needed} for {@value Tenant#DEFAULT}, which has the
   *     first admin key
   */
  public Tenant disable(Actor actor, String name) {
    if (name.equals(Tenant.DEFAULT)) {
      throw new ConflictException(
          "tenant-needed", "the tenant 'default' has the first admin key and cannot be disabled");
    }
    return setDisabled(actor, name, true);
  }

  /**
   * Lets a tenant in again.
   *
   * @throws NotFoundException {@code tenant-not-found}
   */
  public Tenant enable(Actor actor, String name) {
    return setDisabled(actor, name, false);
  }

  private Tenant setDisabled(Actor actor, String name, boolean disabled) {
    return db.change(jdbc -> {
      Tenant before = lock(jdbc, name);
      if ((before.disabledAt() != null) == disabled) {
        return before;
      }
      Tenant after =
          jdbc.sql(
                  """
                  update tenant set revision = revision + 1,
                    disabled_at = case when :disabled then now() end
                  where id = :id returning %s
                  """
                      .formatted(COLUMNS))
              .param("disabled", disabled)
              .param("id", before.id())
              .query(Tenants::map)
              .single();
      String action = disabled ? "tenant.disable" : "tenant.enable";
      AuditLog.write(
          jdbc,
          actor,
          before.id(),
          action,
          name,
          Map.of("disabled", !disabled),
          Map.of("disabled", disabled));
      return after;
    });
  }

  /**
   * Finds a tenant by its name.
   *
   * @throws NotFoundException {@code tenant-not-found}
   */
  public Tenant get(String name) {
    return db.read(jdbc -> find(jdbc, name))
        .orElseThrow(() -> new NotFoundException("tenant", name));
  }

  /** What a tenant has now. */
  public TenantCounts counts(UUID tenant) {
    return db.read(jdbc ->
        jdbc.sql(
                """
                select
                  (select count(*) from adapter
                    where tenant_id = :tenant and archived_at is null) as adapters,
                  (select count(*) from api_key
                    where tenant_id = :tenant and revoked_at is null and person is null
                      and (expires_at is null or expires_at > now())) as keys
                """)
            .param("tenant", tenant)
            .query((row, n) -> new TenantCounts(row.getLong("adapters"), row.getLong("keys")))
            .single());
  }

  /** All tenants, by name. */
  public Page<Tenant> list(Page.Request page) {
    List<Tenant> rows =
        db.read(jdbc ->
            jdbc.sql(
                    """
                    select %s from tenant
                    where cast(:after as text) is null or name > :after
                    order by name limit :rows
                    """
                        .formatted(COLUMNS))
                .param("after", page.after())
                .param("rows", page.rows())
                .query(Tenants::map)
                .list());
    return page.page(rows, Tenant::name);
  }

  private static Optional<Tenant> find(JdbcClient jdbc, String name) {
    return jdbc.sql("select " + COLUMNS + " from tenant where name = :name")
        .param("name", name)
        .query(Tenants::map)
        .optional();
  }

  private static Tenant lock(JdbcClient jdbc, String name) {
    return jdbc.sql("select " + COLUMNS + " from tenant where name = :name for update")
        .param("name", name)
        .query(Tenants::map)
        .optional()
        .orElseThrow(() -> new NotFoundException("tenant", name));
  }

  private static Tenant insert(JdbcClient jdbc, Actor actor, String name, TenantLimits limits) {
    UUID id = Ids.next();
    Tenant tenant =
        jdbc.sql(
                """
                insert into tenant (id, name, weight, requests_per_minute, tokens_per_minute,
                  concurrent_sequences, stored_bytes, resident_slots)
                values (:id, :name, :weight, :requests_per_minute, :tokens_per_minute,
                  :concurrent_sequences, :stored_bytes, :resident_slots)
                returning %s
                """
                    .formatted(COLUMNS))
            .param("id", id)
            .param("name", name)
            .params(limits.asMap())
            .query(Tenants::map)
            .single();
    BaseNames.addTo(jdbc, id);
    AuditLog.write(jdbc, actor, id, "tenant.create", name, null, limits.asMap());
    return tenant;
  }

  private static Tenant update(JdbcClient jdbc, UUID id, TenantLimits limits) {
    return jdbc.sql(
            """
            update tenant set revision = revision + 1, weight = :weight,
              requests_per_minute = :requests_per_minute, tokens_per_minute = :tokens_per_minute,
              concurrent_sequences = :concurrent_sequences, stored_bytes = :stored_bytes,
              resident_slots = :resident_slots
            where id = :id returning %s
            """
                .formatted(COLUMNS))
        .param("id", id)
        .params(limits.asMap())
        .query(Tenants::map)
        .single();
  }

  private static Tenant map(ResultSet row, int n) throws SQLException {
    return new Tenant(
        Columns.id(row, "id"),
        row.getString("name"),
        TenantLimits.of(row),
        row.getLong("revision"),
        Columns.instant(row, "created_at"),
        Columns.instantOrNull(row, "disabled_at"));
  }
}
