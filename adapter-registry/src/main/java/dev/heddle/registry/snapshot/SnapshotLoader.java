package dev.heddle.registry.snapshot;

import dev.heddle.registry.access.BaseModel;
import dev.heddle.registry.db.RegistryDatabase;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads what a snapshot is made of, each time out of one state of the database. */
final class SnapshotLoader {
  /**
   * What was read.
   *
   * @param position in the log of changes
   */
  record Loaded(Contents contents, String position) {}

  private final RegistryDatabase db;
  private final UUID base;

  SnapshotLoader(RegistryDatabase db, BaseModel base) {
    this.db = db;
    this.base = base.id();
  }

  /** Reads everything. */
  Loaded load() {
    return db.readConsistent(this::load);
  }

  /** Reads what was changed since; everything, if that is not known any more. */
  Loaded refresh(Loaded before) {
    return db.readConsistent(jdbc ->
        ChangeLog.reaches(jdbc, before.position())
            ? new Loaded(
                applied(jdbc, before.contents(), ChangeLog.since(jdbc, before.position())),
                ChangeLog.position(jdbc))
            : load(jdbc));
  }

  private Loaded load(JdbcClient jdbc) {
    SnapshotRows rows = new SnapshotRows(jdbc, base, null);
    Contents all = Contents.EMPTY;
    for (Change.Kind kind : Change.Kind.values()) {
      all = with(all, kind, rows);
    }
    return new Loaded(all, ChangeLog.position(jdbc));
  }

  private Contents applied(JdbcClient jdbc, Contents before, List<Change> changes) {
    Contents now = before;
    for (Change.Kind kind : Change.Kind.values()) {
      List<OwnedName> names =
          changes.stream()
              .filter(change -> change.kind() == kind)
              .map(change -> new OwnedName(change.tenant(), change.name()))
              .toList();
      if (!names.isEmpty()) {
        now = with(without(now, kind, names), kind, new SnapshotRows(jdbc, base, names));
      }
    }
    return now;
  }

  /** Tenants stay: no row of theirs is ever removed, and everything else hangs on them. */
  private static Contents without(Contents contents, Change.Kind kind, List<OwnedName> names) {
    Contents now = contents;
    for (OwnedName name : names) {
      now =
          switch (kind) {
            case TENANT -> now;
            case KEY -> now.withoutKey(name.name());
            case NAME -> now.without(name);
          };
    }
    return now;
  }

  private static Contents with(Contents contents, Change.Kind kind, SnapshotRows rows) {
    Contents now = contents;
    switch (kind) {
      case TENANT -> {
        for (TenantEntry tenant : rows.tenants()) {
          now = now.with(tenant);
        }
      }
      case KEY -> {
        for (KeyEntry key : rows.keys()) {
          now = now.with(key);
        }
      }
      case NAME -> {
        for (SnapshotAdapter adapter : rows.adapters()) {
          now = now.with(adapter);
        }
        for (AliasEntry alias : rows.aliases()) {
          now = now.with(alias);
        }
      }
    }
    return now;
  }
}
