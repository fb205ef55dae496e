package dev.heddle.registry.db;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.UUID;
import java.util.function.Function;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * One connection as the schema's owner, for commands that look at the registry as a whole, copy it
 * or put a copy back. Opening it changes nothing. For one thread.
 */
public final class OwnerDatabase implements AutoCloseable {
  /** The oldest server that Heddle is tested with. */
  public static final int SERVER_MIN = 15;

  private final DatabaseSettings settings;
  private final Connection connection;
  private final JdbcClient jdbc;

  private OwnerDatabase(DatabaseSettings settings, Connection connection) {
    this.settings = settings;
    this.connection = connection;
    this.jdbc = JdbcClient.create(new SingleConnectionDataSource(connection, true));
  }

  /**
   * Connects.
   *
   * @throws IllegalStateException if the database does not let it; says why
   */
  public static OwnerDatabase connect(DatabaseSettings settings, ConnectionLimits limits) {
    Properties properties = new Properties();
    properties.setProperty("user", settings.owner().name());
    properties.setProperty("password", settings.owner().password());
    properties.setProperty("currentSchema", Migrations.SCHEMA);
    properties.setProperty("ApplicationName", "heddle-upkeep");
    properties.setProperty("connectTimeout", Long.toString(limits.connectWait().toSeconds()));
    // What is copied as text reads the same wherever it was written.
    properties.setProperty("options", "-c TimeZone=UTC -c DateStyle=ISO -c extra_float_digits=3");
    try {
      return new OwnerDatabase(settings, DriverManager.getConnection(settings.url(), properties));
    } catch (SQLException e) {
      throw failure(settings, e);
    }
  }

  private static IllegalStateException failure(DatabaseSettings settings, Exception e) {
    return new IllegalStateException(
        "the database " + settings.place() + " cannot be used: " + RegistryDatabase.reason(e), e);
  }

  /**
   * What the server and its schema are.
   *
   * @param server its version, e.g. {@code 18.6}
   * @param major e.g. 18
   * @param schema version of the schema; null if there is none yet
   * @param pending migrations that this program has and the schema has not
   * @param newer whether the schema was made by a newer program
   * @param failed whether a migration broke off
   * @param clockAhead how far the database's clock is ahead of this machine's; negative if behind
   * @param maker whether the owner may make the application's role, or it is there
   */
  public record State(
      String server,
      int major,
      @Nullable String schema,
      int pending,
      boolean newer,
      boolean failed,
      Duration clockAhead,
      boolean maker) {}

  /** Looks at server and schema. */
  public State state() {
    return SqlErrors.translated(() -> {
      String version =
          jdbc.sql("show server_version").query(String.class).single().split(" ", 2)[0];
      Flyway flyway = Migrations.of(settings);
      MigrationInfo[] all = flyway.info().all();
      MigrationInfo current = flyway.info().current();
      return new State(
          version,
          Integer.parseInt(version.split("\\D", 2)[0]),
          current == null ? null : String.valueOf(current.getVersion()),
          flyway.info().pending().length,
          Arrays.stream(all).anyMatch(each -> each.getState() == MigrationState.FUTURE_SUCCESS),
          Arrays.stream(all).anyMatch(each -> each.getState().isFailed()),
          clockAhead(),
          mayMakeRole());
    });
  }

  /** The database's id, see {@link Installation}. */
  public UUID installation() {
    return read(jdbc ->
        jdbc.sql("select id from installation").query((row, n) -> Columns.id(row, "id")).single());
  }

  /** By the middle of a question's way and its answer's. */
  private Duration clockAhead() {
    jdbc.sql("select 1").query(Integer.class).single();
    Instant asked = Instant.now();
    Instant there =
        jdbc.sql("select clock_timestamp() as now")
            .query((row, n) -> Columns.instant(row, "now"))
            .single();
    Instant answered = Instant.now();
    return Duration.between(asked.plus(Duration.between(asked, answered).dividedBy(2)), there);
  }

  private boolean mayMakeRole() {
    return jdbc.sql(
            """
            select exists (select from pg_roles where rolname = :app)
              or (select rolcreaterole or rolsuper from pg_roles where rolname = current_user)
            """)
        .param("app", settings.app().name())
        .query(Boolean.class)
        .single();
  }

  /** Reads. */
  public <T> T read(Function<JdbcClient, T> work) {
    return SqlErrors.translated(() -> work.apply(jdbc));
  }

  /** Work that may fail as files do. */
  public interface Work<T> {
    T run() throws IOException, SQLException;
  }

  /**
   * Sees one and the same state of the database throughout, and changes nothing.
   *
   * @throws IllegalStateException for whatever goes wrong in the database
   */
  public <T> T consistently(Work<T> work) throws IOException {
    return transaction("set transaction isolation level repeatable read, read only", work);
  }

  /**
   * All of it happens, or nothing.
   *
   * @throws IllegalStateException for whatever goes wrong in the database
   */
  public <T> T change(Work<T> work) throws IOException {
    return transaction("set transaction isolation level read committed", work);
  }

  private <T> T transaction(String mode, Work<T> work) throws IOException {
    try {
      connection.setAutoCommit(false);
      try {
        execute(mode);
        T result = work.run();
        connection.commit();
        return result;
      } catch (IOException | SQLException | RuntimeException e) {
        connection.rollback();
        throw e;
      } finally {
        connection.setAutoCommit(true);
      }
    } catch (SQLException e) {
      throw failure(settings, e);
    }
  }

  /** Runs a statement. */
  public void execute(String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Writes rows as text, one a line; how many. */
  public long copyOut(String table, List<String> columns, OutputStream target)
      throws SQLException, IOException {
    return connection
        .unwrap(PGConnection.class)
        .getCopyAPI()
        .copyOut("copy " + table + " (" + String.join(", ", columns) + ") to stdout", target);
  }

  /** Adds rows that {@link #copyOut} has written; how many. */
  public long copyIn(String table, List<String> columns, InputStream source)
      throws SQLException, IOException {
    return connection
        .unwrap(PGConnection.class)
        .getCopyAPI()
        .copyIn("copy " + table + " (" + String.join(", ", columns) + ") from stdin", source);
  }

  /**
   * Makes the schema as it was at a version, where none is.
   *
   * @throws IllegalStateException if the database lets it not
   */
  public void makeSchema(String version) {
    migrate(Migrations.upTo(settings, version));
  }

  /** Removes the schema with all that is in it. */
  public void dropSchema() throws SQLException {
    execute("drop schema " + Migrations.SCHEMA + " cascade");
  }

  /** Brings the schema up to what this program has. */
  public void bringUpToDate() {
    migrate(Migrations.of(settings));
  }

  private void migrate(Flyway flyway) {
    try {
      AppRole.ensure(settings);
      flyway.migrate();
    } catch (SQLException | FlywayException e) {
      throw failure(settings, e);
    }
  }

  /** The newest version that this program knows how to make. */
  public String newestSchema() {
    return Arrays.stream(Migrations.of(settings).info().all())
        .filter(each -> each.getState() != MigrationState.FUTURE_SUCCESS)
        .map(MigrationInfo::getVersion)
        .filter(Objects::nonNull)
        .max(Comparator.naturalOrder())
        .map(String::valueOf)
        .orElseThrow();
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw failure(settings, e);
    }
  }
}
