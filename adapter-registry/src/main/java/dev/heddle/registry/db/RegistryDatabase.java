package dev.heddle.registry.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.heddle.registry.RegistryException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import javax.sql.DataSource;
import org.flywaydb.core.api.FlywayException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The registry's database, migrated and pooled. Statements run as the application's role. Safe for
 * any thread; every method blocks.
 */
public final class RegistryDatabase implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RegistryDatabase.class);

  private final DatabaseSettings settings;
  private final ConnectionLimits limits;
  private final HikariDataSource pool;
  private final JdbcClient jdbc;
  private final TransactionTemplate transactions;
  private final TransactionTemplate snapshots;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final LongAdder statements = new LongAdder();

  private RegistryDatabase(
      DatabaseSettings settings, ConnectionLimits limits, HikariDataSource pool) {
    this.settings = settings;
    this.limits = limits;
    this.pool = pool;
    this.jdbc = JdbcClient.create(new Counting(pool));
    JdbcTransactionManager manager = new JdbcTransactionManager(pool);
    this.transactions = new TransactionTemplate(manager);
    this.snapshots = new TransactionTemplate(manager);
    snapshots.setReadOnly(true);
    snapshots.setIsolationLevel(TransactionTemplate.ISOLATION_REPEATABLE_READ);
  }

  /**
   * Connects as the owner to bring the schema up to date, then opens the application's pool.
   *
   * @throws IllegalStateException if the database cannot be reached or brought up to date
   */
  public static RegistryDatabase open(DatabaseSettings settings, ConnectionLimits limits) {
    try {
      AppRole.ensure(settings);
      int applied = Migrations.of(settings).migrate().migrationsExecuted;
      log.info("Database schema is up to date ({} migrations applied)", applied);
      return new RegistryDatabase(
          settings, limits, new HikariDataSource(poolConfig(settings, limits)));
    } catch (SQLException | FlywayException e) {
      throw new IllegalStateException(
          "the database " + settings.place() + " cannot be used: " + reason(e), e);
    }
  }

  /** As the other, with usual limits. */
  public static RegistryDatabase open(DatabaseSettings settings) {
    return open(settings, ConnectionLimits.DEFAULT);
  }

  /** What the database itself says, without the words of what stands between. */
  static String reason(Exception failure) {
    String reason = null;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException || reason == null) {
        reason = String.valueOf(cause.getMessage());
      }
    }
    return String.valueOf(reason).strip();
  }

  private static HikariConfig poolConfig(DatabaseSettings settings, ConnectionLimits limits) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("registry");
    config.setJdbcUrl(settings.url());
    config.setUsername(settings.app().name());
    config.setPassword(settings.app().password());
    config.setMaximumPoolSize(limits.connections());
    config.setMinimumIdle(1);
    config.setConnectionTimeout(limits.connectWait().toMillis());
    connectionProperties(limits).forEach((k, v) -> config.addDataSourceProperty((String) k, v));
    return config;
  }

  private static Properties connectionProperties(ConnectionLimits limits) {
    Properties properties = new Properties();
    properties.setProperty("currentSchema", Migrations.SCHEMA);
    properties.setProperty("ApplicationName", "heddle");
    properties.setProperty("connectTimeout", Long.toString(limits.connectWait().toSeconds()));
    properties.setProperty("socketTimeout", Long.toString(limits.statementWait().toSeconds()));
    properties.setProperty("reWriteBatchedInserts", "true");
    return properties;
  }

  /**
   * Runs statements that change nothing.
   *
   * @throws RegistryException for whatever goes wrong in the database
   */
  public <T> T read(Function<JdbcClient, T> work) {
    return SqlErrors.translated(() -> work.apply(jdbc));
  }

  /** Runs statements that see one and the same state of the database. */
  public <T> T readConsistent(Function<JdbcClient, T> work) {
    return SqlErrors.translated(() -> snapshots.execute(status -> work.apply(jdbc)));
  }

  /**
   * Runs a change as one transaction: all of it happens, or nothing. The listeners hear of it
   * before this returns.
   *
   * @throws RegistryException for whatever goes wrong in the database; {@link
   *     dev.heddle.registry.UnavailableException} also if nobody knows whether the change was made,
   *     or if a listener cannot follow it now
   */
  public <T> T change(Function<JdbcClient, T> work) {
    T result = write(work);
    tell();
    return result;
  }

  /** Tells all, whatever one of them has to say. */
  private void tell() {
    RegistryException failure = null;
    for (Runnable listener : listeners) {
      try {
        listener.run();
      } catch (RegistryException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** Like {@link #change}, for rows that no listener needs to know of. */
  public <T> T write(Function<JdbcClient, T> work) {
    return SqlErrors.translated(() -> transactions.execute(status -> work.apply(jdbc)));
  }

  /** How many statements were sent through the pool since the start. */
  public long statements() {
    return statements.sum();
  }

  /** Calls {@code listener} after each local change, on the thread that made it. */
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  /** A connection outside the pool, for {@code LISTEN}; the caller closes it. */
  public Connection connect() throws SQLException {
    Properties properties = connectionProperties(limits);
    properties.setProperty("user", settings.app().name());
    properties.setProperty("password", settings.app().password());
    return DriverManager.getConnection(settings.url(), properties);
  }

  /**
   * The same database by a connection of its own, which no other work can hold up; the caller
   * closes it. Its changes tell no listeners.
   */
  public RegistryDatabase apart() {
    HikariConfig config = poolConfig(settings, limits);
    config.setPoolName("registry-apart");
    config.setMaximumPoolSize(1);
    return new RegistryDatabase(settings, limits, new HikariDataSource(config));
  }

  /** Whether it was not closed yet. */
  public boolean isOpen() {
    return !pool.isClosed();
  }

  @Override
  public void close() {
    pool.close();
  }

  /** Counts the statements that it runs. */
  private final class Counting extends JdbcTemplate {
    Counting(DataSource pool) {
      super(pool);
    }

    @Override
    protected void applyStatementSettings(Statement statement) throws SQLException {
      super.applyStatementSettings(statement);
      statements.increment();
    }
  }
}
