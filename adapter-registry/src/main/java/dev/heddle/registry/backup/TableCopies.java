package dev.heddle.registry.backup;

import dev.heddle.format.Digest;
import dev.heddle.format.Digests;
import dev.heddle.registry.db.OwnerDatabase;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Tables to files, and back. */
final class TableCopies {
  /** What only the database that wrote it understands, and makes anew. */
  private static final Set<String> LEFT_OUT =
      Set.of(
          "flyway_schema_history",
          "registry_change",
          "registry_change_log",
          "replica",
          "limit_pool",
          "limit_share",
          "leadership");

  /** Who owned a row is of no use where its replicas are not. */
  private static final Set<String> COLUMNS_LEFT_OUT = Set.of("owner", "owner_epoch");

  private TableCopies() {}

  /** Writes every table; they come in an order in which they can be filled. */
  static List<BackupManifest.Table> write(OwnerDatabase db, Path backup)
      throws IOException, SQLException {
    List<BackupManifest.Table> written = new ArrayList<>();
    Files.createDirectories(backup.resolve("tables"));
    Map<String, List<String>> columns = columns(db);
    for (String table : inOrder(columns.keySet(), references(db))) {
      List<String> own = Objects.requireNonNull(columns.get(table), table);
      MessageDigest sha = Digests.sha256();
      long rows;
      try (OutputStream file =
          new DigestOutputStream(
              new BufferedOutputStream(Files.newOutputStream(BackupManifest.table(backup, table))),
              sha)) {
        rows = db.copyOut(table, own, file);
      }
      written.add(new BackupManifest.Table(table, own, rows, Digest.of(sha.digest())));
    }
    return written;
  }

  /**
   * Fills tables that are empty but for what migrations put there. Their triggers do not run: what
   * these would add is among the rows.
   *
   * @throws IllegalStateException if a file is not what it was when it was written
   */
  static void read(OwnerDatabase db, Path backup, List<BackupManifest.Table> tables)
      throws IOException, SQLException {
    for (BackupManifest.Table table : tables) {
      db.execute("alter table " + table.name() + " disable trigger user");
    }
    db.execute("delete from installation");
    for (BackupManifest.Table table : tables) {
      MessageDigest sha = Digests.sha256();
      long rows;
      try (InputStream file =
          new DigestInputStream(
              new BufferedInputStream(
                  Files.newInputStream(BackupManifest.table(backup, table.name()))),
              sha)) {
        rows = db.copyIn(table.name(), table.columns(), file);
        file.transferTo(OutputStream.nullOutputStream());
      }
      if (rows != table.rows() || !Digest.of(sha.digest()).equals(table.sha256())) {
        throw new IllegalStateException(
            BackupManifest.table(backup, table.name()) + " is not what the backup wrote");
      }
    }
    for (BackupManifest.Table table : tables) {
      db.execute("alter table " + table.name() + " enable trigger user");
    }
  }

  /** Every table with its columns that hold something of their own. */
  private static Map<String, List<String>> columns(OwnerDatabase db) {
    Map<String, List<String>> tables = new LinkedHashMap<>();
    db.read(jdbc -> {
      jdbc.sql(
              """
              select c.relname as table, quote_ident(a.attname) as column
              from pg_class c join pg_attribute a on a.attrelid = c.oid
              where c.relnamespace = to_regnamespace(current_schema()) and c.relkind = 'r'
                and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
              order by c.relname, a.attnum
              """)
          .query(row -> {
            if (!LEFT_OUT.contains(row.getString("table"))
                && !COLUMNS_LEFT_OUT.contains(row.getString("column"))) {
              tables
                  .computeIfAbsent(row.getString("table"), name -> new ArrayList<>())
                  .add(row.getString("column"));
            }
          });
      return tables;
    });
    return tables;
  }

  private record Reference(String from, String to) {}

  private static List<Reference> references(OwnerDatabase db) {
    return db.read(jdbc ->
        jdbc.sql(
                """
                select f.relname as "from", t.relname as "to" from pg_constraint c
                  join pg_class f on f.oid = c.conrelid join pg_class t on t.oid = c.confrelid
                where c.contype = 'f' and f.relnamespace = to_regnamespace(current_schema())
                  and f.oid <> t.oid
                """)
            .query((row, n) -> new Reference(row.getString("from"), row.getString("to")))
            .list());
  }

  /** What is referred to comes before what refers to it. */
  private static Set<String> inOrder(Set<String> tables, List<Reference> references) {
    Set<String> placed = new LinkedHashSet<>();
    while (placed.size() < tables.size()) {
      int before = placed.size();
      for (String table : tables) {
        if (references.stream().allMatch(r -> !r.from().equals(table) || placed.contains(r.to()))) {
          placed.add(table);
        }
      }
      if (placed.size() == before) {
        throw new IllegalStateException("tables refer to each other in a ring");
      }
    }
    return placed;
  }
}
