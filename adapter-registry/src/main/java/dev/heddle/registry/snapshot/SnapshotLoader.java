package dev.heddle.registry.snapshot;

import dev.heddle.format.Digest;
import dev.heddle.registry.access.BaseModel;
import dev.heddle.registry.access.Principal;
import dev.heddle.registry.access.Scope;
import dev.heddle.registry.db.Columns;
import dev.heddle.registry.db.RegistryDatabase;
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
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads a snapshot out of one state of the database. */
final class SnapshotLoader {
  private record Tenant(UUID id, String name) {}

  private record Row(UUID adapter, boolean published, VersionRef version) {}

  private final JdbcClient jdbc;
  private final BaseModel base;

  private SnapshotLoader(JdbcClient jdbc, BaseModel base) {
    this.jdbc = jdbc;
    this.base = base;
  }

  static RegistrySnapshot load(RegistryDatabase db, BaseModel base) {
    return db.readConsistent(jdbc -> new SnapshotLoader(jdbc, base).load());
  }

  private RegistrySnapshot load() {
    Map<String, UUID> tenants =
        jdbc
            .sql("select id, name from tenant")
            .query((row, n) -> new Tenant(Columns.id(row, "id"), row.getString("name")))
            .list()
            .stream()
            .collect(Collectors.toMap(Tenant::name, Tenant::id));
    return new RegistrySnapshot(base, keys(), tenants, adapters());
  }

  private Map<String, KeyEntry> keys() {
    List<KeyEntry> keys =
        jdbc.sql(
                """
                select k.id, k.tenant_id, t.name as tenant, k.public_id, k.secret_sha256, k.scopes,
                  k.expires_at, k.revoked_at
                from api_key k join tenant t on t.id = k.tenant_id
                """)
            .query(SnapshotLoader::key)
            .list();
    return keys.stream().collect(Collectors.toMap(k -> k.principal().publicId(), k -> k));
  }

  private static KeyEntry key(ResultSet row, int n) throws SQLException {
    String[] scopes = (String[]) row.getArray("scopes").getArray();
    return new KeyEntry(
        new Principal(
            Columns.id(row, "tenant_id"),
            row.getString("tenant"),
            Columns.id(row, "id"),
            row.getString("public_id"),
            Arrays.stream(scopes).map(Scope::of).collect(Collectors.toSet())),
        Columns.digest(row, "secret_sha256"),
        Columns.instantOrNull(row, "expires_at"),
        Columns.instantOrNull(row, "revoked_at"));
  }

  /** Adapters of the base that is served, with at least one version that is ready. */
  private List<AdapterEntry> adapters() {
    Map<UUID, Set<UUID>> grantees = grantees();
    Map<UUID, List<Row>> byAdapter =
        versions().stream().collect(Collectors.groupingBy(Row::adapter));
    List<AdapterEntry> adapters = new ArrayList<>();
    byAdapter.forEach(
        (id, rows) -> adapters.add(adapter(rows, grantees.getOrDefault(id, Set.of()))));
    return adapters;
  }

  private static AdapterEntry adapter(List<Row> rows, Set<UUID> grantees) {
    Map<Integer, VersionRef> byNumber = new HashMap<>();
    Map<Digest, VersionRef> byDigest = new HashMap<>();
    VersionRef published = null;
    for (Row row : rows) { // in the order of numbers
      byNumber.put(row.version().number(), row.version());
      byDigest.put(row.version().digest(), row.version());
      published = row.published() ? row.version() : published;
    }
    VersionRef any = rows.getFirst().version();
    return new AdapterEntry(
        any.ownerId(), any.owner(), any.adapter(), published, byNumber, byDigest, grantees);
  }

  private List<Row> versions() {
    return jdbc.sql(
            """
            select v.adapter_id, v.id, v.tenant_id, t.name as owner, a.name as adapter, v.number,
              v.digest, v.created_at, s.version_id is not null as published
            from adapter_version v
              join adapter a on a.id = v.adapter_id
              join tenant t on t.id = v.tenant_id
              left join alias_target s on s.tenant_id = v.tenant_id and s.version_id = v.id
                and s.name = a.name
            where v.state = 'READY' and a.base_model_id = :base and a.archived_at is null
            order by v.number
            """)
        .param("base", base.id())
        .query((row, n) ->
            new Row(
                Columns.id(row, "adapter_id"),
                row.getBoolean("published"),
                new VersionRef(
                    Columns.id(row, "id"),
                    Columns.id(row, "tenant_id"),
                    row.getString("owner"),
                    row.getString("adapter"),
                    row.getInt("number"),
                    Columns.digest(row, "digest"),
                    Columns.instant(row, "created_at"))))
        .list();
  }

  private Map<UUID, Set<UUID>> grantees() {
    Map<UUID, Set<UUID>> grantees = new HashMap<>();
    jdbc.sql("select adapter_id, grantee_id from adapter_grant")
        .query(row -> {
          grantees
              .computeIfAbsent(Columns.id(row, "adapter_id"), id -> new HashSet<>())
              .add(Columns.id(row, "grantee_id"));
        });
    return grantees;
  }
}
