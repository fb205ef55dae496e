package dev.heddle.registry.adapter;

import dev.heddle.registry.ConflictException;
import dev.heddle.registry.db.Columns;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What stands against archiving versions, and the end of all of an adapter's. */
final class VersionArchive {
  /** So many names an error lists; more would not help. */
  private static final int NAMES_MAX = 10;

  private VersionArchive() {}

  /**
   * Locks versions in the order of their ids, as whoever makes a name mean them does: from here on
   * no name can come to mean them.
   *
   * @throws ConflictException {@code code} naming the names that mean one of them
   */
  static void requireUnused(JdbcClient jdbc, String code, String what, List<UUID> versions) {
    if (versions.isEmpty()) {
      return;
    }
    jdbc.sql("select id from adapter_version where id in (:ids) order by id for update")
        .param("ids", versions)
        .query(UUID.class)
        .list();
    String names =
        jdbc
            .sql(
                """
                select distinct name from alias_target where version_id in (:ids)
                order by name limit :most
                """)
            .param("ids", versions)
            .param("most", NAMES_MAX)
            .query(String.class)
            .stream()
            .collect(Collectors.joining(", "));
    if (!names.isEmpty()) {
      throw new ConflictException(code, what + " is what these names mean: " + names);
    }
  }

  /** Takes all of an adapter's versions out of use. */
  static void archiveAll(JdbcClient jdbc, Adapter adapter) {
    List<UUID> versions =
        jdbc.sql(
                """
                select id from adapter_version
                where adapter_id = :adapter and state <> 'ARCHIVED'
                """)
            .param("adapter", adapter.id())
            .query((row, n) -> Columns.id(row, "id"))
            .list();
    requireUnused(jdbc, "adapter-published", "a version of " + adapter.name(), versions);
    boolean validating =
        jdbc.sql(
                """
                select exists (select from adapter_version
                  where adapter_id = :id and state = 'VALIDATING')
                """)
            .param("id", adapter.id())
            .query(Boolean.class)
            .single();
    if (validating) {
      throw new ConflictException(
          "version-validating", "a version of " + adapter.name() + " is being validated");
    }
    jdbc.sql(
            """
            update adapter_version set state = 'ARCHIVED'
            where adapter_id = :id and state <> 'ARCHIVED'
            """)
        .param("id", adapter.id())
        .update();
  }
}
