package dev.heddle.app.config;

import dev.heddle.registry.db.ConnectionLimits;
import dev.heddle.registry.db.DatabaseSettings;
import dev.heddle.registry.db.RegistryDatabase;
import dev.heddle.registry.postgres.EmbeddedPostgres;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database that configuration names, or an embedded one on the data folder, which ends with it.
 *
 * @param server null if the database is somebody else's
 */
record PlatformDatabase(@Nullable EmbeddedPostgres server, RegistryDatabase registry)
    implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PlatformDatabase.class);

  /**
   * Opens the database.
   *
   * @param port where the platform will listen: not to be taken by an embedded server
   */
  static PlatformDatabase open(HeddleProperties.Database database, DataFolder data, int port) {
    String url = database.external();
    if (url != null) {
      DatabaseSettings settings = DatabaseSettings.of(url, database.user(), database.password());
      log.info("registry in the PostgreSQL at {}", settings.place());
      return new PlatformDatabase(null, external(settings, database.limits()));
    }
    log.info("registry in an embedded PostgreSQL under {}", data.path());
    EmbeddedPostgres server = EmbeddedPostgres.start(data.postgres(), port);
    try {
      return new PlatformDatabase(
          server, RegistryDatabase.open(server.settings(), database.limits()));
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private static RegistryDatabase external(DatabaseSettings settings, ConnectionLimits limits) {
    try {
      return RegistryDatabase.open(settings, limits);
    } catch (IllegalStateException e) {
      throw new IllegalStateException(
          e.getMessage()
              + " (HEDDLE_DATABASE_URL, HEDDLE_DATABASE_USER and HEDDLE_DATABASE_PASSWORD say which"
              + " database, and as whom)",
          e);
    }
  }

  @Override
  public void close() {
    registry.close();
    if (server != null) {
      server.close();
    }
  }
}
