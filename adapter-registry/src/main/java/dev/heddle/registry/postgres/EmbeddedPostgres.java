package dev.heddle.registry.postgres;

import dev.heddle.registry.db.DatabaseSettings;
import dev.heddle.registry.disk.DurableFiles;
import dev.heddle.registry.disk.FolderLock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL server of Heddle's own, its data in a folder: reachable on the loopback address
 * only, with a random password kept beside the data (mode 0600), and with fsync on. It ends with
 * the process that started it, however that ends. One process at a time uses a folder.
 *
 * <p>Works for ordinary users and for root; see {@link ServerUser}.
 */
public final class EmbeddedPostgres implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EmbeddedPostgres.class);
  private static final String DATABASE = "heddle";
  private static final int NO_PORT = 0;
  private static final int PORT_ATTEMPTS = 5;
  private static final Duration READY_LIMIT = Duration.ofSeconds(60);
  private static final long OUTPUT_BYTES_MAX = 10L << 20;

  private final FolderLock lock;
  private final PostgresServer server;
  private final DatabaseSettings settings;

  private EmbeddedPostgres(FolderLock lock, PostgresServer server, DatabaseSettings settings) {
    this.lock = lock;
    this.server = server;
    this.settings = settings;
  }

  /**
   * Starts the server on the data in {@code folder}, creating them at the first start (some
   * seconds), and waits until it accepts connections.
   *
   * @throws IllegalStateException if the folder is in use, or the server cannot run here; the
   *     message says what to do
   */
  public static EmbeddedPostgres start(Path folder) {
    return start(folder, NO_PORT);
  }

  /**
   * As {@link #start(Path)}, and leaves one port free.
   *
   * @param reserved a TCP port that this process is going to listen on
   */
  public static EmbeddedPostgres start(Path folder, int reserved) {
    return start(folder, reserved, ServerUser.choose());
  }

  /**
   * How to reach the server that another process runs on the data in {@code folder}; empty if none
   * runs.
   */
  public static Optional<DatabaseSettings> running(Path folder) throws IOException {
    Path root = folder.toAbsolutePath().normalize();
    OptionalInt port = PostgresData.port(root.resolve("data"));
    if (port.isEmpty()) {
      return Optional.empty();
    }
    String password = Files.readString(root.resolve(PostgresData.PASSWORD_FILE));
    return Optional.of(
        DatabaseSettings.of(url(port.getAsInt(), DATABASE), PostgresData.OWNER, password));
  }

  /** Whether there are data of a server in {@code folder}. */
  public static boolean isThere(Path folder) {
    return Files.exists(folder.resolve("data/PG_VERSION"));
  }

  /** Whether the server here runs as a user who has to be let through to its folder. */
  public static boolean needsPassage() {
    return ServerUser.choose() == ServerUser.NOBODY;
  }

  static EmbeddedPostgres start(Path folder, int reserved, ServerUser user) {
    Path root = folder.toAbsolutePath().normalize();
    FolderLock lock = FolderLock.take(root);
    try {
      user.letThrough(root);
      PostgresBinaries binaries = PostgresBinaries.in(root);
      PostgresData data = PostgresData.in(root, binaries, user);
      return launch(lock, root, binaries, data, reserved, user);
    } catch (IOException e) {
      lock.close();
      throw new UncheckedIOException(
          "the embedded PostgreSQL does not start: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static EmbeddedPostgres launch(
      FolderLock lock,
      Path root,
      PostgresBinaries binaries,
      PostgresData data,
      int reserved,
      ServerUser user)
      throws IOException {
    Path output = root.resolve("postgresql.log");
    if (Files.exists(output) && Files.size(output) > OUTPUT_BYTES_MAX) {
      DurableFiles.rename(output, root.resolve("postgresql.log.old"));
    }
    for (int attempt = 1; attempt <= PORT_ATTEMPTS; attempt++) {
      int port = freePort(reserved);
      PostgresServer server =
          PostgresServer.launch(command(binaries, data.folder(), port, user), output);
      DatabaseSettings settings =
          DatabaseSettings.of(url(port, DATABASE), PostgresData.OWNER, data.ownerPassword());
      if (awaitReady(server, port, data.ownerPassword())) {
        server.keepAlive();
        log.info("PostgreSQL {} is ready on 127.0.0.1:{}", binaries.major(), port);
        return new EmbeddedPostgres(lock, server, settings);
      }
      server.close();
      log.warn("PostgreSQL did not start on port {} (attempt {})", port, attempt);
    }
    throw new IOException(Commands.tail(output));
  }

  /** How to reach the server as its owner. */
  public DatabaseSettings settings() {
    return settings;
  }

  /** The server's process id, for those who watch it. */
  public long pid() {
    return server.pid();
  }

  @Override
  public void close() {
    server.close();
    lock.close();
  }

  private static List<String> command(
      PostgresBinaries binaries, Path data, int port, ServerUser user) {
    List<String> command = new ArrayList<>();
    if (Commands.succeeds(List.of(), "setsid", "true")) {
      command.add("setsid"); // Ctrl-C at the terminal is for Heddle, which stops the server last
    }
    command.addAll(user.prefix());
    if (Commands.succeeds(List.of("setpriv", "--pdeathsig=INT", "--"), "true")) {
      command.addAll(List.of("setpriv", "--pdeathsig=INT", "--"));
    }
    command.addAll(
        List.of(binaries.program("postgres"), "-D", data.toString(), "-p", Integer.toString(port)));
    for (String setting :
        List.of(
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "max_connections=50",
            "shared_buffers=32MB",
            "max_wal_size=256MB",
            "max_wal_senders=0",
            "wal_level=minimal",
            "jit=off",
            // Containers give /dev/shm 64 MB, and parallel plans take theirs from it.
            "max_parallel_workers_per_gather=0",
            "timezone=UTC")) {
      command.addAll(List.of("-c", setting));
    }
    return command;
  }

  private static String url(int port, String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
  }

  static int freePort(int reserved) throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = socket.getLocalPort();
      return port == reserved ? freePort(reserved) : port; // while this one is held
    }
  }

  /** Waits for the server and makes sure that the database is there; false if the server ended. */
  private static boolean awaitReady(PostgresServer server, int port, String password)
      throws IOException {
    long deadline = System.nanoTime() + READY_LIMIT.toNanos();
    while (server.isAlive()) {
      try (Connection connection =
          DriverManager.getConnection(url(port, "postgres"), PostgresData.OWNER, password)) {
        createDatabase(connection);
        return true;
      } catch (SQLException e) {
        boolean starting = e.getSQLState() == null || e.getSQLState().matches("08...|57P03");
        if (!starting || System.nanoTime() > deadline) {
          server.close();
          throw new IOException(e.getMessage(), e);
        }
      }
      try {
        Thread.sleep(Duration.ofMillis(20));
      } catch (InterruptedException e) {
        server.close();
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while starting PostgreSQL", e);
      }
    }
    return false;
  }

  private static void createDatabase(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var found =
            statement.executeQuery("select from pg_database where datname = '" + DATABASE + "'")) {
      if (found.next()) {
        return;
      }
    }
    try (var statement = connection.createStatement()) {
      statement.execute("create database " + DATABASE);
    }
  }
}
