package dev.heddle.app.config;

import dev.heddle.registry.db.DatabaseSettings;
import dev.heddle.registry.db.OwnerDatabase;
import dev.heddle.registry.postgres.EmbeddedPostgres;
import dev.heddle.registry.store.BlobFiles;
import dev.heddle.registry.store.S3Settings;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a platform of these settings keeps, for commands that need no platform: its database and its
 * blobs. An embedded PostgreSQL is the one that runs, or is started for as long as this is open.
 * For one thread.
 */
public final class PlatformFiles implements AutoCloseable {
  private final HeddleProperties properties;
  private final @Nullable DataFolder folder;
  private final @Nullable EmbeddedPostgres server;
  private final DatabaseSettings database;

  private PlatformFiles(
      HeddleProperties properties,
      @Nullable DataFolder folder,
      @Nullable EmbeddedPostgres server,
      DatabaseSettings database) {
    this.properties = properties;
    this.folder = folder;
    this.server = server;
    this.database = database;
  }

  /**
   * Reaches the database, whether a platform runs on it or not.
   *
   * @throws IllegalStateException if an embedded one cannot be started; says why
   */
  public static PlatformFiles open(HeddleProperties properties) throws IOException {
    if (properties.database().external() != null) {
      return new PlatformFiles(properties, null, null, external(properties));
    }
    Optional<DatabaseSettings> running =
        EmbeddedPostgres.running(properties.data().resolve(DataFolder.POSTGRES));
    return running.isPresent()
        ? new PlatformFiles(properties, null, null, running.get())
        : alone(properties);
  }

  /**
   * As {@link #open}, with the data folder taken: no platform runs on it until this is closed.
   *
   * @throws IllegalStateException if one does; says which
   */
  public static PlatformFiles alone(HeddleProperties properties) {
    DataFolder folder = DataFolder.take(properties);
    try {
      if (properties.database().external() != null) {
        return new PlatformFiles(properties, folder, null, external(properties));
      }
      EmbeddedPostgres server = EmbeddedPostgres.start(folder.postgres(), properties.port());
      return new PlatformFiles(properties, folder, server, server.settings());
    } catch (RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  /** Whether there is a database to be reached: an embedded one is made at the first start. */
  public static boolean hasDatabase(HeddleProperties properties) {
    return properties.database().external() != null
        || EmbeddedPostgres.isThere(properties.data().resolve(DataFolder.POSTGRES));
  }

  private static DatabaseSettings external(HeddleProperties properties) {
    HeddleProperties.Database database = properties.database();
    return DatabaseSettings.of(
        Objects.requireNonNull(database.external()), database.user(), database.password());
  }

  /**
   * A connection as the schema's owner; the caller closes it.
   *
   * @throws IllegalStateException if the database does not let it; says why
   */
  public OwnerDatabase connect() {
    return OwnerDatabase.connect(database, properties.database().limits());
  }

  /** Where the database is, in short. */
  public String place() {
    if (properties.database().external() != null) {
      return database.place();
    }
    return server == null ? "embedded, as a platform runs it" : "embedded";
  }

  /** The blobs of the settings' store; the caller closes them. */
  public static BlobFiles blobs(HeddleProperties properties) {
    S3Settings bucket = properties.store().s3().bucketSettings();
    return bucket == null
        ? BlobFiles.in(properties.data().resolve("experts"))
        : BlobFiles.in(bucket);
  }

  @Override
  public void close() {
    if (server != null) {
      server.close();
    }
    if (folder != null) {
      folder.close();
    }
  }
}
