package dev.heddle.registry.testing;

import dev.heddle.registry.db.DatabaseSettings;
import dev.heddle.registry.disk.DurableFiles;
import dev.heddle.registry.postgres.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ContainerFetchException;
import org.testcontainers.containers.ContainerLaunchException;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * The PostgreSQL that tests use, one server for a JVM: an external one where {@code
 * HEDDLE_TEST_DATABASE_URL} (with {@code _USER} and {@code _PASSWORD}; a superuser) is set, else
 * Testcontainers where a Docker daemon answers, else the embedded one. {@code HEDDLE_TEST_DATABASE}
 * = {@code docker} or {@code embedded} forces one of the two. {@code HEDDLE_TEST_POSTGRES_IMAGE}
 * names another image, where the official one cannot be had.
 */
public final class TestDatabase {
  private static final Logger log = LoggerFactory.getLogger(TestDatabase.class);
  private static final AtomicInteger COUNT = new AtomicInteger();

  private TestDatabase() {}

  private record Server(String kind, String url, String user, String password) {}

  private static final class Holder {
    static final Server SERVER = choose();
  }

  /** A new, empty database. */
  public static DatabaseSettings fresh() {
    Server server = Holder.SERVER;
    String name = "test_" + ProcessHandle.current().pid() + "_" + COUNT.incrementAndGet();
    execute(server, "create database " + name);
    String url = server.url().substring(0, server.url().lastIndexOf('/') + 1) + name;
    return DatabaseSettings.of(url, server.user(), server.password());
  }

  /** {@code external}, {@code docker} or {@code embedded}. */
  public static String kind() {
    return Holder.SERVER.kind();
  }

  private static void execute(Server server, String sql) {
    try (Connection connection =
            DriverManager.getConnection(server.url(), server.user(), server.password());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Server choose() {
    Server server = start();
    log.info("Tests use the {} PostgreSQL at {}", server.kind(), server.url());
    return server;
  }

  private static Server start() {
    String url = System.getenv("HEDDLE_TEST_DATABASE_URL");
    if (url != null) {
      return new Server(
          "external",
          url,
          System.getenv("HEDDLE_TEST_DATABASE_USER"),
          System.getenv("HEDDLE_TEST_DATABASE_PASSWORD"));
    }
    String forced = System.getenv().getOrDefault("HEDDLE_TEST_DATABASE", "auto");
    return switch (forced) {
      case "docker" -> container();
      case "embedded" -> embedded();
      case "auto" -> containerOrEmbedded();
      default -> throw new IllegalStateException("HEDDLE_TEST_DATABASE=" + forced);
    };
  }

  /** A daemon may answer and yet have no image to run. */
  private static Server containerOrEmbedded() {
    if (!DockerClientFactory.instance().isDockerAvailable()) {
      return embedded();
    }
    try {
      return container();
    } catch (ContainerLaunchException | ContainerFetchException e) {
      log.warn("Docker answers, but runs no PostgreSQL: {}", e.getMessage());
      return embedded();
    }
  }

  // The container lives as long as the JVM; Testcontainers removes it.
  @SuppressWarnings("resource")
  private static Server container() {
    String image = System.getenv().getOrDefault("HEDDLE_TEST_POSTGRES_IMAGE", "postgres:18-alpine");
    PostgreSQLContainer container =
        new PostgreSQLContainer(DockerImageName.parse(image).asCompatibleSubstituteFor("postgres"));
    container.start();
    return new Server("docker", url(container), container.getUsername(), container.getPassword());
  }

  private static String url(PostgreSQLContainer container) {
    return "jdbc:postgresql://"
        + container.getHost()
        + ":"
        + container.getFirstMappedPort()
        + "/"
        + container.getDatabaseName();
  }

  /** The data are thrown away with the build's other output; the binaries are kept there. */
  private static Server embedded() {
    try {
      Path target = Files.createDirectories(Path.of("target", "test-postgres"));
      Path folder = Files.createTempDirectory(target, "server-");
      EmbeddedPostgres postgres = EmbeddedPostgres.start(folder);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(postgres, folder)));
      DatabaseSettings settings = postgres.settings();
      Server server =
          new Server(
              "embedded", settings.url(), settings.owner().name(), settings.owner().password());
      forgetDurability(server);
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is thrown away need not reach the disk; stopping would wait for it. */
  private static void forgetDurability(Server server) {
    execute(server, "alter system set fsync = off");
    execute(server, "alter system set full_page_writes = off");
    execute(server, "select pg_reload_conf()");
  }

  private static void stop(EmbeddedPostgres postgres, Path folder) {
    postgres.close();
    try {
      DurableFiles.deleteTree(folder);
    } catch (IOException e) {
      log.warn("{} is left behind", folder, e);
    }
  }
}
