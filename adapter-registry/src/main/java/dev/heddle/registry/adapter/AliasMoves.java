package dev.heddle.registry.adapter;

import dev.heddle.registry.Actor;
import dev.heddle.registry.ConflictException;
import dev.heddle.registry.InvalidException;
import dev.heddle.registry.audit.AuditLog;
import dev.heddle.registry.db.Columns;
import dev.heddle.registry.db.Jsonb;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The one place where names get another meaning: targets, history and audit trail are written as
 * parts of the caller's transaction, which has the name locked.
 */
final class AliasMoves {
  private record State(UUID id, VersionState state, UUID base) {}

  private AliasMoves() {}

  /** Gives a name its first meaning, possibly none. */
  static void create(
      JdbcClient jdbc, Actor actor, UUID tenant, String name, List<AliasTarget> targets) {
    jdbc.sql("insert into alias (tenant_id, name) values (:tenant, :name)")
        .param("tenant", tenant)
        .param("name", name)
        .update();
    write(jdbc, actor, tenant, name, 1, targets, null);
  }

  /**
   * Changes what a name means; nothing happens if it means just that.
   *
   * @param action as the audit trail names it
   * @param restores the revision brought back, null if this is no rollback
   * @throws ConflictException {@code version-not-ready}
   */
  static Alias move(
      JdbcClient jdbc,
      Actor actor,
      Alias before,
      String action,
      List<AliasTarget> targets,
      @Nullable Long restores) {
    if (targets.equals(before.targets())) {
      return before;
    }
    requireReady(jdbc, targets);
    UUID tenant = before.tenantId();
    String name = before.name();
    long revision = nextRevision(jdbc, before);
    jdbc.sql("delete from alias_target where tenant_id = :tenant and name = :name")
        .param("tenant", tenant)
        .param("name", name)
        .update();
    write(jdbc, actor, tenant, name, revision, targets, restores);
    Alias after = AliasRows.get(jdbc, tenant, name);
    AuditLog.write(jdbc, actor, tenant, action, name, forAudit(before), forAudit(after));
    return after;
  }

  /**
   * Makes sure that a name may mean these, and that they stay ready until the transaction ends.
   * They are locked in the order of their ids, as whoever archives them does.
   *
   * @throws ConflictException {@code version-not-ready} naming those that are not
   * @throws InvalidException if they belong to several base models
   */
  static void requireReady(JdbcClient jdbc, List<AliasTarget> targets) {
    if (targets.isEmpty()) {
      return;
    }
    Map<UUID, State> states = lockedStates(jdbc, targets);
    String unready =
        targets.stream()
            .filter(target -> stateOf(states, target).state() != VersionState.READY)
            .map(target -> target.label() + " is " + stateOf(states, target).state())
            .collect(Collectors.joining(", "));
    if (!unready.isEmpty()) {
      throw notReady(unready);
    }
    if (states.values().stream().map(State::base).distinct().count() > 1) {
      throw new InvalidException(
          "several-bases", "targets", "belong to adapters of more than one base model");
    }
  }

  static ConflictException notReady(String which) {
    return new ConflictException(
        "version-not-ready", which + "; a name can mean only versions that are READY");
  }

  private static Map<UUID, State> lockedStates(JdbcClient jdbc, List<AliasTarget> targets) {
    return jdbc
        .sql(
            """
            select v.id, v.state, a.base_model_id
            from adapter_version v join adapter a on a.id = v.adapter_id
            where v.id in (:ids) order by v.id for share of v
            """)
        .param("ids", targets.stream().map(AliasTarget::versionId).toList())
        .query((row, n) ->
            new State(
                Columns.id(row, "id"),
                VersionState.valueOf(row.getString("state")),
                Columns.id(row, "base_model_id")))
        .stream()
        .collect(Collectors.toMap(State::id, state -> state));
  }

  private static State stateOf(Map<UUID, State> states, AliasTarget target) {
    State state = states.get(target.versionId());
    if (state == null) {
      throw new IllegalStateException("versions are never removed, but one is: " + target.label());
    }
    return state;
  }

  /** An adapter shows what its name means, so that it has another revision then too. */
  private static long nextRevision(JdbcClient jdbc, Alias before) {
    if (before.adapterId() != null) {
      AdapterRows.countRevision(jdbc, before.adapterId());
    }
    return jdbc.sql(
            """
            update alias set revision = revision + 1, changed_at = now()
            where tenant_id = :tenant and name = :name returning revision
            """)
        .param("tenant", before.tenantId())
        .param("name", before.name())
        .query((row, n) -> row.getLong("revision"))
        .single();
  }

  private static void write(
      JdbcClient jdbc,
      Actor actor,
      UUID tenant,
      String name,
      long revision,
      List<AliasTarget> targets,
      @Nullable Long restores) {
    for (AliasTarget target : targets) {
      jdbc.sql(
              """
              insert into alias_target (tenant_id, name, version_id, weight)
              values (:tenant, :name, :version, :weight)
              """)
          .param("tenant", tenant)
          .param("name", name)
          .param("version", target.versionId())
          .param("weight", target.weight())
          .update();
    }
    jdbc.sql(
            """
            insert into alias_history (tenant_id, name, revision, targets, restores, changed_by)
            values (:tenant, :name, :revision, cast(:targets as jsonb), :restores, :actor)
            """)
        .param("tenant", tenant)
        .param("name", name)
        .param("revision", revision)
        .param("targets", Jsonb.write(targets.stream().map(AliasMoves::forHistory).toList()))
        .param("restores", restores)
        .param("actor", actor.name())
        .update();
  }

  private static Map<String, Object> forHistory(AliasTarget target) {
    return Map.of(
        "version", target.versionId(), "number", target.number(), "weight", target.weight());
  }

  static Map<String, Object> forAudit(Alias alias) {
    List<Map<String, Object>> targets =
        alias.targets().stream()
            .map(t -> Map.<String, Object>of("version", t.label(), "weight", t.weight()))
            .toList();
    return Map.of("revision", alias.revision(), "targets", targets);
  }
}
