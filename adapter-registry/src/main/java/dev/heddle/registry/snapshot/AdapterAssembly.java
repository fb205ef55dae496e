package dev.heddle.registry.snapshot;

import dev.heddle.registry.db.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes adapters out of their versions' rows, which come adapter by adapter, by number. */
final class AdapterAssembly {
  private final Map<OwnedName, Set<UUID>> grantees;
  private final List<SnapshotAdapter> adapters = new ArrayList<>();
  private final List<VersionRef> versions = new ArrayList<>();
  private final List<Weighted> published = new ArrayList<>();
  private @Nullable OwnedName name;
  private String owner = "";
  private boolean isPublic;

  AdapterAssembly(Map<OwnedName, Set<UUID>> grantees) {
    this.grantees = grantees;
  }

  void add(ResultSet row) throws SQLException {
    OwnedName next = new OwnedName(Columns.id(row, "tenant_id"), row.getString("name"));
    if (!next.equals(name)) {
      finish();
      name = next;
      owner = row.getString("owner");
      isPublic = row.getString("visibility").equals("public");
    }
    OwnedName first = Objects.requireNonNull(name);
    VersionRef version =
        new VersionRef(
            Columns.id(row, "id"),
            first.owner(), // one object for all versions
            owner,
            first.name(),
            row.getInt("number"),
            Columns.digest(row, "digest"),
            row.getLong("bytes"),
            Columns.instant(row, "created_at"));
    versions.add(version);
    int weight = row.getInt("weight");
    if (weight > 0) {
      published.add(new Weighted(version, weight));
    }
  }

  /** All of them, after the last row. */
  List<SnapshotAdapter> adapters() {
    finish();
    return adapters;
  }

  private void finish() {
    OwnedName done = name;
    if (done != null) {
      adapters.add(
          new SnapshotAdapter(
              done, isPublic, grantees.getOrDefault(done, Set.of()), versions, published));
    }
    name = null;
    versions.clear();
    published.clear();
  }
}
