package dev.heddle.registry.snapshot;

import dev.heddle.registry.access.Principal;
import dev.heddle.registry.access.Scope;
import dev.heddle.registry.access.TenantLimits;
import dev.heddle.registry.db.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/**
 * Reads a snapshot's entries, all of them or those of some names, by the same statements; within
 * the caller's transaction.
 */
final class SnapshotRows {
  private static final int FETCH_ROWS = 1000;
  private static final String ALL = "";

  private final JdbcClient jdbc;
  private final UUID base;

  /** Null for all. */
  private final @Nullable List<OwnedName> only;

  SnapshotRows(JdbcClient jdbc, UUID base, @Nullable List<OwnedName> only) {
    this.jdbc = jdbc;
    this.base = base;
    this.only = only;
  }

  /** Limits the rows to the names asked for, given by two columns. */
  private StatementSpec select(String sql, String owner, String name) {
    if (only == null) {
      return jdbc.sql(sql.formatted(ALL)).withFetchSize(FETCH_ROWS);
    }
    String filter =
        "and (%s, %s) in (select * from unnest(cast(:owners as uuid[]), cast(:names as text[])))"
            .formatted(owner, name);
    return jdbc.sql(sql.formatted(filter))
        .param("owners", only.stream().map(n -> n.owner().toString()).toArray(String[]::new))
        .param("names", only.stream().map(OwnedName::name).toArray(String[]::new));
  }

  /** Tenants, by id and name, without what is their own. */
  List<TenantEntry> tenants() {
    return select(
            """
            select id, name, weight, requests_per_minute, tokens_per_minute, concurrent_sequences,
              stored_bytes, resident_slots, disabled_at is not null as disabled
            from tenant where true %s
            """,
            "id", "name")
        .query((row, n) ->
            TenantEntry.of(
                Columns.id(row, "id"),
                row.getString("name"),
                TenantLimits.of(row),
                row.getBoolean("disabled")))
        .list();
  }

  /** Keys, by their tenants' ids and their own public ids. */
  List<KeyEntry> keys() {
    return select(
            """
            select k.id, k.tenant_id, t.name as tenant, k.public_id, k.person, k.secret_sha256,
              k.scopes, k.expires_at, k.revoked_at
            from api_key k join tenant t on t.id = k.tenant_id where true %s
            """,
            "k.tenant_id", "k.public_id")
        .query(SnapshotRows::key)
        .list();
  }

  private static KeyEntry key(ResultSet row, int n) throws SQLException {
    String[] scopes = (String[]) row.getArray("scopes").getArray();
    return new KeyEntry(
        new Principal(
            Columns.id(row, "tenant_id"),
            row.getString("tenant"),
            Columns.id(row, "id"),
            row.getString("public_id"),
            row.getString("person"),
            Arrays.stream(scopes).map(Scope::of).collect(Collectors.toSet())),
        Columns.digest(row, "secret_sha256"),
        Columns.instantOrNull(row, "expires_at"),
        Columns.instantOrNull(row, "revoked_at"));
  }

  /** Adapters of the base that is served, with at least one version that is ready. */
  List<SnapshotAdapter> adapters() {
    AdapterAssembly assembly = new AdapterAssembly(grantees());
    select(
            """
            select a.tenant_id, t.name as owner, a.name, a.visibility, v.id, v.number, v.digest, v.bytes,
              v.created_at, coalesce(s.weight, 0) as weight
            from adapter a
              join tenant t on t.id = a.tenant_id
              join adapter_version v on v.adapter_id = a.id and v.state = 'READY'
              left join alias_target s
                on s.tenant_id = a.tenant_id and s.name = a.name and s.version_id = v.id
            where a.base_model_id = :base and a.archived_at is null %s
            order by v.adapter_id, v.number
            """,
            "a.tenant_id", "a.name")
        .param("base", base)
        .query(row -> {
          assembly.add(row);
        });
    return assembly.adapters();
  }

  private Map<OwnedName, Set<UUID>> grantees() {
    Map<OwnedName, Set<UUID>> grantees = new HashMap<>();
    select(
            """
            select a.tenant_id, a.name, g.grantee_id
            from adapter_grant g join adapter a on a.id = g.adapter_id
            where a.visibility = 'granted' %s
            """,
            "a.tenant_id", "a.name")
        .query(row -> {
          grantees
              .computeIfAbsent(name(row), name -> new HashSet<>())
              .add(Columns.id(row, "grantee_id"));
        });
    return grantees;
  }

  /** Free aliases that mean something. */
  List<AliasEntry> aliases() {
    Map<OwnedName, List<AliasEntry.Target>> targets = new HashMap<>();
    select(
            """
            select s.tenant_id, s.name, a.name as adapter, v.number, s.weight
            from alias_target s
              join callable_name c on c.tenant_id = s.tenant_id and c.name = s.name
              join adapter_version v on v.tenant_id = s.tenant_id and v.id = s.version_id
              join adapter a on a.id = v.adapter_id
            where c.kind = 'alias' %s
            order by a.name, v.number
            """,
            "s.tenant_id", "s.name")
        .query(row -> {
          targets
              .computeIfAbsent(name(row), name -> new ArrayList<>())
              .add(
                  new AliasEntry.Target(
                      row.getString("adapter"), row.getInt("number"), row.getInt("weight")));
        });
    return targets.entrySet().stream()
        .map(alias -> new AliasEntry(alias.getKey(), alias.getValue()))
        .toList();
  }

  private static OwnedName name(ResultSet row) throws SQLException {
    return new OwnedName(Columns.id(row, "tenant_id"), row.getString("name"));
  }
}
