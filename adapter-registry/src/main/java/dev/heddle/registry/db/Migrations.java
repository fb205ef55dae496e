package dev.heddle.registry.db;

import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/** How the schema is made and brought up to date. */
final class Migrations {
  static final String SCHEMA = "heddle";

  private Migrations() {}

  /** All that this program has. */
  static Flyway of(DatabaseSettings settings) {
    return configuration(settings).load();
  }

  /**
   * Up to a version, for rows that a program of that version has written.
   *
   * @param version e.g. {@code 12}
   */
  static Flyway upTo(DatabaseSettings settings, String version) {
    return configuration(settings).target(version).load();
  }

  private static FluentConfiguration configuration(DatabaseSettings settings) {
    return Flyway.configure()
        .dataSource(settings.url(), settings.owner().name(), settings.owner().password())
        .locations("classpath:db/migration")
        .defaultSchema(SCHEMA)
        .createSchemas(true)
        .placeholders(Map.of("app_role", settings.app().name()));
  }
}
