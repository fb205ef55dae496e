package dev.heddle.registry.adapter;

import dev.heddle.registry.Actor;
import dev.heddle.registry.ConflictException;
import dev.heddle.registry.Ids;
import dev.heddle.registry.InvalidException;
import dev.heddle.registry.Names;
import dev.heddle.registry.NotFoundException;
import dev.heddle.registry.Page;
import dev.heddle.registry.PreconditionException;
import dev.heddle.registry.access.BaseModel;
import dev.heddle.registry.audit.AuditLog;
import dev.heddle.registry.db.Jsonb;
import dev.heddle.registry.db.RegistryDatabase;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Tenants' adapters. They are made here, or with their first version, see {@link Versions}. A
 * change may name the revision that it applies to; it fails with {@link PreconditionException} if
 * the adapter has another one. Null is any revision.
 */
public final class Adapters {
  private final RegistryDatabase db;

  public Adapters(RegistryDatabase db) {
    this.db = db;
  }

  /**
   * Finds an adapter, archived or not.
   *
   * @throws NotFoundException {@code adapter-not-found}
   */
  public Adapter get(UUID tenant, String name) {
    return db.read(jdbc -> AdapterRows.get(jdbc, tenant, name));
  }

  /** A tenant's adapters that are not archived, by name. */
  public Page<Adapter> list(UUID tenant, AdapterFilter filter, Page.Request page) {
    return page.page(db.read(jdbc -> AdapterRows.list(jdbc, tenant, filter, page)), Adapter::name);
  }

  /**
   * Makes an adapter without a version.
   *
   * @param base the model its versions are made from
   * @param first what differs from a private adapter without description and labels
   * @throws InvalidException naming all that breaks the rules
   * @throws ConflictException {@code name-taken} by whatever it is, archived or not
   */
  public Adapter create(
      Actor actor, UUID tenant, String name, BaseModel base, AdapterChanges first) {
    Names.require("adapter", name);
    return db.change(jdbc -> {
      if (!claim(jdbc, tenant, name)) {
        throw taken(name);
      }
      insert(jdbc, actor, tenant, name, base, first);
      return AdapterRows.get(jdbc, tenant, name);
    });
  }

  /**
   * Changes what is said of an adapter, and whom it is for. One that becomes private loses its
   * grants.
   *
   * @throws NotFoundException {@code adapter-not-found}
   * @throws InvalidException naming all that breaks the rules
   * @throws ConflictException {@code adapter-archived}
   */
  public Adapter update(
      Actor actor,
      UUID tenant,
      String name,
      AdapterChanges changes,
      @Nullable Long expectedRevision) {
    return db.change(jdbc -> {
      Adapter before = locked(jdbc, tenant, name, expectedRevision);
      requireUsable(before);
      Adapter after = describe(jdbc, before, changes);
      if (after.revision() != before.revision()) {
        if (after.visibility() == Visibility.PRIVATE) {
          Grants.removeAll(jdbc, actor, after);
        }
        AuditLog.write(
            jdbc, actor, tenant, "adapter.update", name, forAudit(before), forAudit(after));
      }
      return after;
    });
  }

  /**
   * Takes an adapter and all its versions out of use. Its name stays taken. Archiving again changes
   * nothing.
   *
   * @throws NotFoundException {@code adapter-not-found}
   * @throws ConflictException {@code adapter-published} while a name, its own or another, means one
   *     of its versions, {@code version-validating} while one is being validated
   */
  public Adapter archive(Actor actor, UUID tenant, String name, @Nullable Long expectedRevision) {
    return db.change(jdbc -> {
      Adapter adapter = locked(jdbc, tenant, name, expectedRevision);
      if (adapter.archivedAt() != null) {
        return adapter;
      }
      VersionArchive.archiveAll(jdbc, adapter);
      jdbc.sql("update adapter set archived_at = now(), revision = revision + 1 where id = :id")
          .param("id", adapter.id())
          .update();
      AuditLog.write(jdbc, actor, tenant, "adapter.archive", name, Map.of("name", name), null);
      return AdapterRows.get(jdbc, tenant, name);
    });
  }

  /** The adapter's id if the tenant has it and it is not archived; made where the name is free. */
  static UUID ensure(JdbcClient jdbc, Actor actor, UUID tenant, String name, BaseModel base) {
    if (claim(jdbc, tenant, name)) {
      return insert(jdbc, actor, tenant, name, base, AdapterChanges.NONE);
    }
    UUID id = AdapterRows.lock(jdbc, tenant, name).orElseThrow(() -> taken(name));
    Adapter adapter = AdapterRows.get(jdbc, tenant, name);
    requireUsable(adapter);
    requireBase(adapter, base);
    return id;
  }

  static void requireUsable(Adapter adapter) {
    if (adapter.archivedAt() != null) {
      throw new ConflictException("adapter-archived", adapter.name() + " is archived");
    }
  }

  /** Takes the name if it is free; whether it was. */
  private static boolean claim(JdbcClient jdbc, UUID tenant, String name) {
    return jdbc.sql(
                """
                insert into callable_name (tenant_id, name, kind)
                values (:tenant, :name, 'adapter') on conflict do nothing
                """)
            .param("tenant", tenant)
            .param("name", name)
            .update()
        > 0;
  }

  private static ConflictException taken(String name) {
    return new ConflictException("name-taken", "'" + name + "' names something else already");
  }

  private static UUID insert(
      JdbcClient jdbc,
      Actor actor,
      UUID tenant,
      String name,
      BaseModel base,
      AdapterChanges first) {
    UUID id = Ids.next();
    Visibility visibility = first.visibility(Visibility.PRIVATE);
    String description = first.description("");
    Map<String, String> labels = first.labels(Map.of());
    jdbc.sql(
            """
            insert into adapter
              (id, tenant_id, name, base_model_id, visibility, description, labels)
            values (:id, :tenant, :name, :base, :visibility, :description, cast(:labels as jsonb))
            """)
        .param("id", id)
        .param("tenant", tenant)
        .param("name", name)
        .param("base", base.id())
        .param("visibility", visibility.text())
        .param("description", description)
        .param("labels", Jsonb.write(labels))
        .update();
    AliasMoves.create(jdbc, actor, tenant, name, List.of());
    Map<String, Object> after =
        Map.of(
            "base",
            base.name(),
            "visibility",
            visibility.text(),
            "description",
            description,
            "labels",
            labels);
    AuditLog.write(jdbc, actor, tenant, "adapter.create", name, null, after);
    return id;
  }

  private static void requireBase(Adapter adapter, BaseModel base) {
    if (!adapter.baseModelId().equals(base.id())) {
      throw new ConflictException(
          "other-base",
          adapter.name()
              + " belongs to the base model "
              + adapter.baseModel()
              + " with other weights or another name than "
              + base.name()
              + ", which is served");
    }
  }

  private static Adapter locked(
      JdbcClient jdbc, UUID tenant, String name, @Nullable Long expectedRevision) {
    Adapter adapter = AdapterRows.getLocked(jdbc, tenant, name);
    PreconditionException.require("adapter '" + name + "'", expectedRevision, adapter.revision());
    return adapter;
  }

  /** Writes what is to be different; where nothing is, the revision stays. */
  private static Adapter describe(JdbcClient jdbc, Adapter before, AdapterChanges changes) {
    Visibility visibility = changes.visibility(before.visibility());
    String description = changes.description(before.description());
    Map<String, String> labels = changes.labels(before.labels());
    if (visibility == before.visibility()
        && description.equals(before.description())
        && labels.equals(before.labels())) {
      return before;
    }
    jdbc.sql(
            """
            update adapter set revision = revision + 1, visibility = :visibility,
              description = :description, labels = cast(:labels as jsonb)
            where id = :id
            """)
        .param("visibility", visibility.text())
        .param("description", description)
        .param("labels", Jsonb.write(labels))
        .param("id", before.id())
        .update();
    return AdapterRows.get(jdbc, before.tenantId(), before.name());
  }

  private static Map<String, Object> forAudit(Adapter adapter) {
    return Map.of(
        "visibility", adapter.visibility().text(),
        "description", adapter.description(),
        "labels", adapter.labels());
  }
}
