package dev.heddle.app.config;

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

  static PlatformDatabase open(HeddleProperties properties) {
    HeddleProperties.Database database = properties.database();
    if (database.url() != null && !database.url().isBlank()) {
      log.info("registry in the PostgreSQL at {}", database.url());
      return new PlatformDatabase(
          null,
          RegistryDatabase.open(
              DatabaseSettings.of(database.url(), database.user(), database.password())));
    }
    log.info("registry in an embedded PostgreSQL under {}", properties.data());
    EmbeddedPostgres server = EmbeddedPostgres.start(properties.data().resolve("postgres"));
    try {
      return new PlatformDatabase(server, RegistryDatabase.open(server.settings()));
    } catch (RuntimeException e) {
      server.close();
      throw e;
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
