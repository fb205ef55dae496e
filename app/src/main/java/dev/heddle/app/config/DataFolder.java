package dev.heddle.app.config;

import dev.heddle.registry.disk.FolderIdentity;
import dev.heddle.registry.disk.FolderLock;
import dev.heddle.registry.disk.PrivateFiles;
import dev.heddle.registry.postgres.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of everything that is kept. Whoever has this may use what lies in it: no other process
 * does until it is closed.
 */
public final class DataFolder implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DataFolder.class);

  /** Of an embedded PostgreSQL, in the data folder. */
  static final String POSTGRES = "postgres";

  private final Path path;
  private final FolderLock lock;

  private DataFolder(Path path, FolderLock lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * Makes the folder where it is missing, takes it, and closes it to others. A PostgreSQL that runs
   * as another user may still pass through to what is its own.
   *
   * @throws IllegalStateException if another process has it; says which
   * @throws java.io.UncheckedIOException if it cannot be made or written to
   */
  public static DataFolder take(HeddleProperties properties) {
    String holder =
        "process %d, for %s:%d"
            .formatted(ProcessHandle.current().pid(), properties.host(), properties.port());
    FolderLock lock = FolderLock.take(properties.data(), holder);
    try {
      PrivateFiles.close(properties.data(), passage(properties));
    } catch (IOException e) {
      log.warn("the data folder {} may be open to others: {}", properties.data(), e.getMessage());
    }
    return new DataFolder(properties.data(), lock);
  }

  /** Where an embedded PostgreSQL lies that runs as another user; null if there is none. */
  private static @Nullable Path passage(HeddleProperties properties) {
    boolean embedded = properties.database().external() == null;
    return embedded && EmbeddedPostgres.needsPassage() ? properties.data().resolve(POSTGRES) : null;
  }

  /** Where an embedded PostgreSQL lies. */
  Path postgres() {
    return path.resolve(POSTGRES);
  }

  /** Which folder it is, the same over restarts. */
  UUID id() {
    return FolderIdentity.own(path);
  }

  Path path() {
    return path;
  }

  @Override
  public void close() {
    lock.close();
  }
}
