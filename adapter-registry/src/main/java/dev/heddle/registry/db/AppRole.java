package dev.heddle.registry.db;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Makes sure that the application's role exists and can log in. */
final class AppRole {
  private static final String DUPLICATE_OBJECT = "42710";
  private static final String DUPLICATE_ROW = "23505";
  private static final String WRONG_PASSWORD = "28P01";
  // The role belongs to the whole server: databases that are set up at once take turns.
  private static final long ADVISORY_LOCK = 0x6865_6464_6c65L;

  private AppRole() {}

  static void ensure(DatabaseSettings settings) throws SQLException {
    DatabaseSettings.Role owner = settings.owner();
    if (owner.name().equals(settings.app().name())) {
      throw new IllegalStateException(
          "the application must not run as the schema's owner, " + owner.name());
    }
    try (Connection connection =
            DriverManager.getConnection(settings.url(), owner.name(), owner.password());
        Statement statement = connection.createStatement()) {
      statement.execute("select pg_advisory_lock(" + ADVISORY_LOCK + ")");
      if (!exists(connection, settings.app().name())) {
        create(statement, settings.app());
      } else if (!canLogIn(settings)) {
        statement.execute("alter role " + withPassword(statement, settings.app()));
      }
    }
  }

  private static boolean exists(Connection connection, String role) throws SQLException {
    try (var query = connection.prepareStatement("select from pg_roles where rolname = ?")) {
      query.setString(1, role);
      try (ResultSet found = query.executeQuery()) {
        return found.next();
      }
    }
  }

  private static void create(Statement statement, DatabaseSettings.Role role) throws SQLException {
    try {
      statement.execute("create role " + withPassword(statement, role));
    } catch (SQLException e) {
      // Another database of the same server was first.
      if (!DUPLICATE_OBJECT.equals(e.getSQLState()) && !DUPLICATE_ROW.equals(e.getSQLState())) {
        throw e;
      }
    }
  }

  private static String withPassword(Statement statement, DatabaseSettings.Role role)
      throws SQLException {
    return statement.enquoteIdentifier(role.name(), true)
        + " login password "
        + statement.enquoteLiteral(role.password());
  }

  private static boolean canLogIn(DatabaseSettings settings) throws SQLException {
    try (Connection connection =
        DriverManager.getConnection(
            settings.url(), settings.app().name(), settings.app().password())) {
      return connection.isValid(5);
    } catch (SQLException e) {
      if (WRONG_PASSWORD.equals(e.getSQLState())) {
        return false;
      }
      throw e;
    }
  }
}
