package dev.heddle.registry.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.registry.db.DatabaseSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The bundled server, in every way it can be run by the user who runs the tests. */
class EmbeddedPostgresTest {
  @TempDir private static Path binaries;

  @BeforeAll
  static void openToOthers() throws Exception {
    openToOthers(binaries);
  }

  static Stream<ServerUser> users() {
    return ServerUser.isRoot()
        ? Stream.of(ServerUser.NAMESPACE, ServerUser.NOBODY)
            .filter(user -> Commands.succeeds(user.prefix(), "true"))
        : Stream.of(ServerUser.SELF);
  }

  @ParameterizedTest
  @MethodSource("users")
  void data_outlive_the_server_and_one_process_owns_them(ServerUser user, @TempDir Path temporary)
      throws Exception {
    Path folder = reachable(temporary);
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(folder, 0, user)) {
      assertThatThrownBy(() -> EmbeddedPostgres.start(folder, 0, user))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("in use");
      execute(postgres.settings(), "create table kept (value text)");
      assertThat(setting(postgres.settings(), "fsync")).isEqualTo("on");
      assertThat(setting(postgres.settings(), "listen_addresses")).isEqualTo("127.0.0.1");
      assertThat(setting(postgres.settings(), "unix_socket_directories")).isEmpty();
    }
    // A restarted container counts its processes from 1 again: the pid file names a stranger.
    Files.writeString(folder.resolve("data/postmaster.pid"), ProcessHandle.current().pid() + "\n");
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(folder, 0, user)) {
      execute(postgres.settings(), "insert into kept values ('x')");
    }
  }

  @ParameterizedTest
  @MethodSource("users")
  void a_password_is_asked_for_and_kept_from_others(ServerUser user, @TempDir Path temporary)
      throws Exception {
    Path folder = reachable(temporary);
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(folder, 0, user)) {
      DatabaseSettings settings = postgres.settings();
      assertThatThrownBy(
              () -> DriverManager.getConnection(settings.url(), settings.owner().name(), "guess"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28P01"));
    }
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder.resolve("owner-password"))))
        .isEqualTo("rw-------");
  }

  @ParameterizedTest
  @MethodSource("users")
  void the_server_is_started_again_when_it_is_killed(ServerUser user, @TempDir Path temporary)
      throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(reachable(temporary), 0, user)) {
      execute(postgres.settings(), "create table kept (value text)");
      long first = postgres.pid();
      ProcessHandle.of(first).orElseThrow().destroyForcibly();
      while (!answers(postgres.settings())) {
        Thread.sleep(50);
      }
      assertThat(postgres.pid()).isNotEqualTo(first);
      execute(postgres.settings(), "insert into kept values ('x')");
    }
  }

  /** A folder with the binaries in it, of which one copy does for all tests. */
  private static Path reachable(Path temporary) throws Exception {
    openToOthers(temporary);
    Path folder = Files.createDirectory(temporary.resolve("postgres"));
    Path home = PostgresBinaries.in(binaries).home();
    Files.createSymbolicLink(folder.resolve(home.getFileName()), home);
    return folder;
  }

  /** Temporary folders are their owner's alone, and the server may be another user. */
  private static void openToOthers(Path temporary) throws Exception {
    Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static boolean answers(DatabaseSettings settings) {
    try {
      execute(settings, "select 1");
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  private static void execute(DatabaseSettings settings, String sql) throws SQLException {
    try (Connection connection = connect(settings);
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String setting(DatabaseSettings settings, String name) throws SQLException {
    try (Connection connection = connect(settings);
        var statement = connection.createStatement();
        var result = statement.executeQuery("show " + name)) {
      result.next();
      return result.getString(1);
    }
  }

  private static Connection connect(DatabaseSettings settings) throws SQLException {
    return DriverManager.getConnection(
        settings.url(), settings.owner().name(), settings.owner().password());
  }
}
