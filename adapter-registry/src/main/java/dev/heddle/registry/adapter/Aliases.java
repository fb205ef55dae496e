package dev.heddle.registry.adapter;

import dev.heddle.registry.Actor;
import dev.heddle.registry.ConflictException;
import dev.heddle.registry.InvalidException;
import dev.heddle.registry.Names;
import dev.heddle.registry.NotFoundException;
import dev.heddle.registry.Page;
import dev.heddle.registry.PreconditionException;
import dev.heddle.registry.audit.AuditLog;
import dev.heddle.registry.db.RegistryDatabase;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Tenants' names and the versions they mean. An adapter's own name is one of them; others may mean
 * versions of any of the tenant's adapters. Every change is one transaction, in which the name gets
 * its next revision, an entry in its history and one in the audit trail.
 *
 * <p>A change may name the revision that it applies to; it fails with {@link PreconditionException}
 * if the name has another one. Null is any revision. A name that was never set has revision 0.
 */
public final class Aliases {
  /** The most versions a name means at once. */
  public static final int TARGETS_MAX = 16;

  /** The greatest weight. */
  public static final int WEIGHT_MAX = 1_000_000;

  private static final String PUT = "alias.put";
  private static final String DELETE = "alias.delete";
  private static final String ROLLBACK = "alias.rollback";

  private final RegistryDatabase db;

  public Aliases(RegistryDatabase db) {
    this.db = db;
  }

  /**
   * What {@link #put} did.
   *
   * @param created whether the name is new
   */
  public record Put(Alias alias, boolean created) {}

  /**
   * Finds a name. One that was deleted is still there and means nothing.
   *
   * @throws NotFoundException {@code alias-not-found}
   */
  public Alias get(UUID tenant, String name) {
    return db.read(jdbc -> AliasRows.get(jdbc, tenant, name));
  }

  /** Finds a name; empty if it was never set. */
  public Optional<Alias> find(UUID tenant, String name) {
    return db.read(jdbc -> AliasRows.find(jdbc, tenant, name));
  }

  /** The names that mean something, adapters' own among them, in order. */
  public Page<Alias> list(UUID tenant, Page.Request page) {
    return page.page(db.read(jdbc -> AliasRows.list(jdbc, tenant, page)), Alias::name);
  }

  /**
   * What a name has meant, the latest first.
   *
   * @throws NotFoundException {@code alias-not-found}
   */
  public Page<AliasRevision> history(UUID tenant, String name, Page.Request page) {
    List<AliasRevision> rows =
        db.read(jdbc -> {
          AliasRows.get(jdbc, tenant, name);
          return AliasRows.history(jdbc, tenant, name, page);
        });
    return page.page(rows, entry -> Long.toString(entry.revision()));
  }

  /**
   * Makes a name mean these versions from one request to the next. Nothing changes if it does.
   *
   * @param weights versions of the tenant's own and their weights: 1 to {@value #TARGETS_MAX} of
   *     them, each weight 1 to {@value #WEIGHT_MAX}
   * @throws InvalidException if anything of this is otherwise, a version is unknown or of an
   *     adapter whose name this is not, or they are made from more than one base model
   * @throws ConflictException {@code name-taken} by a base model, {@code version-not-ready}
   */
  public Put put(
      Actor actor,
      UUID tenant,
      String name,
      Map<VersionName, Integer> weights,
      @Nullable Long expectedRevision) {
    Names.require("alias", name);
    GivenTargets.requireBounds(weights);
    return db.change(jdbc -> {
      boolean created = claim(jdbc, tenant, name);
      if (created) {
        PreconditionException.require(what(name), expectedRevision, 0);
        List<AliasTarget> targets = GivenTargets.find(jdbc, tenant, null, weights);
        AliasMoves.requireReady(jdbc, targets);
        AliasMoves.create(jdbc, actor, tenant, name, targets);
        Alias alias = AliasRows.get(jdbc, tenant, name);
        AuditLog.write(jdbc, actor, tenant, PUT, name, null, AliasMoves.forAudit(alias));
        return new Put(alias, true);
      }
      Alias before = locked(jdbc, tenant, name, expectedRevision);
      List<AliasTarget> targets =
          GivenTargets.find(jdbc, tenant, before.isAdapter() ? name : null, weights);
      return new Put(AliasMoves.move(jdbc, actor, before, PUT, targets, null), false);
    });
  }

  /**
   * Makes a name mean nothing. It stays taken, and keeps its history.
   *
   * @throws NotFoundException {@code alias-not-found}
   */
  public Alias delete(Actor actor, UUID tenant, String name, @Nullable Long expectedRevision) {
    return db.change(jdbc -> {
      Alias before = locked(jdbc, tenant, name, expectedRevision);
      return AliasMoves.move(jdbc, actor, before, DELETE, List.of(), null);
    });
  }

  /**
   * Makes a name mean again what it meant before, see {@link #restore}.
   *
   * @param toRevision null for the latest before
   * @throws NotFoundException {@code alias-not-found}
   */
  public Alias rollback(
      Actor actor,
      UUID tenant,
      String name,
      @Nullable Long toRevision,
      @Nullable Long expectedRevision) {
    return db.change(jdbc -> {
      Alias before = locked(jdbc, tenant, name, expectedRevision);
      return restore(jdbc, actor, before, ROLLBACK, toRevision);
    });
  }

  /**
   * Brings an entry of the history back. Without {@code toRevision} it is the latest before the one
   * that set the present meaning, passing over those that meant nothing or the same. What a
   * rollback brought back counts as set where it was set first: a second rollback goes further
   * back, and {@code toRevision} leads forward again.
   *
   * @throws ConflictException {@code nothing-before}, {@code revision-unknown}, {@code
   *     version-not-ready} if one of the versions was archived since
   */
  static Alias restore(
      JdbcClient jdbc, Actor actor, Alias before, String action, @Nullable Long toRevision) {
    String name = before.name();
    long wanted =
        toRevision != null
            ? toRevision
            : AliasRows.before(jdbc, before)
                .orElseThrow(() ->
                    new ConflictException(
                        "nothing-before", "'" + name + "' meant nothing else before"));
    AliasRevision entry =
        AliasRows.revision(jdbc, before.tenantId(), name, wanted)
            .orElseThrow(() ->
                new ConflictException(
                    "revision-unknown", "'" + name + "' has had no revision " + wanted));
    Long set = entry.restores() == null ? Long.valueOf(wanted) : entry.restores();
    return AliasMoves.move(jdbc, actor, before, action, entry.targets(), set);
  }

  private static Alias locked(
      JdbcClient jdbc, UUID tenant, String name, @Nullable Long expectedRevision) {
    Alias alias = AliasRows.getLocked(jdbc, tenant, name);
    PreconditionException.require(what(name), expectedRevision, alias.revision());
    return alias;
  }

  private static String what(String name) {
    return "alias '" + name + "'";
  }

  /** Takes the name if it is free; whether it was. */
  private static boolean claim(JdbcClient jdbc, UUID tenant, String name) {
    int added =
        jdbc.sql(
                """
                insert into callable_name (tenant_id, name, kind)
                values (:tenant, :name, 'alias') on conflict do nothing
                """)
            .param("tenant", tenant)
            .param("name", name)
            .update();
    if (added == 0 && AliasRows.find(jdbc, tenant, name).isEmpty()) {
      throw new ConflictException("name-taken", "'" + name + "' names a base model");
    }
    return added > 0;
  }
}
