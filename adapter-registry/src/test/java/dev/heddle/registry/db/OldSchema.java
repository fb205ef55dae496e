package dev.heddle.registry.db;

import dev.heddle.registry.testing.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/** Databases as earlier releases left them, for tests of what migrations make of their data. */
public final class OldSchema {
  private OldSchema() {}

  /**
   * A database with the migrations up to this version, or the last one before it, and these rows.
   */
  public static DatabaseSettings with(String version, String rows) throws SQLException {
    DatabaseSettings settings = TestDatabase.fresh();
    AppRole.ensure(settings);
    migrate(settings, version);
    try (Connection connection =
            DriverManager.getConnection(
                settings.url(), settings.owner().name(), settings.owner().password());
        Statement statement = connection.createStatement()) {
      statement.execute("set search_path = heddle");
      statement.execute(rows);
    }
    return settings;
  }

  /** Brings a database up to this version, or the last one before it. */
  static void migrate(DatabaseSettings settings, String version) {
    flyway(settings).target(version + "?").load().migrate();
  }

  /** The versions there are, in order. */
  static List<String> versions(DatabaseSettings settings) {
    return Arrays.stream(flyway(settings).load().info().all())
        .map(migration -> migration.getVersion().getVersion())
        .toList();
  }

  private static FluentConfiguration flyway(DatabaseSettings settings) {
    return Flyway.configure()
        .dataSource(settings.url(), settings.owner().name(), settings.owner().password())
        .locations("classpath:db/migration")
        .defaultSchema("heddle")
        .createSchemas(true)
        .placeholders(Map.of("app_role", settings.app().name()));
  }
}
