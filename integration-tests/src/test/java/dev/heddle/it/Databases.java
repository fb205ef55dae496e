package dev.heddle.it;

import dev.heddle.registry.db.DatabaseSettings;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/** What an operator does in a database past Heddle. */
public final class Databases {
  private Databases() {}

  /** Makes an empty database on a server. */
  public static void create(DatabaseSettings server, String name) {
    run(server, "create database " + name);
  }

  /** Runs a statement as the schema's owner. */
  public static void run(DatabaseSettings database, String sql) {
    try (Connection connection =
            DriverManager.getConnection(
                database.url(), database.owner().name(), database.owner().password());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
