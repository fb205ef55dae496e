package dev.heddle.registry.limits;

import dev.heddle.registry.UnavailableException;
import dev.heddle.registry.db.Columns;
import dev.heddle.registry.db.Jsonb;
import dev.heddle.registry.db.RegistryDatabase;
import dev.heddle.registry.replica.Start;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The limits of tenants as the fleet shares them: a pool for each in the database, from which a
 * process takes ahead of its requests. One statement does it, by the database's clock, whatever
 * number of tenants it is about; {@code share_limits} in the migrations says how.
 *
 * <p>It has a connection of its own, so that no other work keeps requests waiting. That is made at
 * the first exchange. For one thread; {@link #close} may come from another.
 */
public final class LimitPool implements AutoCloseable {
  private static final String SQL = "select * from share_limits(?, ?, ?, cast(? as jsonb))";

  /** How long the database may take, in milliseconds. */
  private static final int STATEMENT_WAIT = 2000;

  private final RegistryDatabase db;
  private final Start self;
  private volatile @Nullable Connection connection;

  /**
   * @param self who holds what is taken; announced before
   */
  public LimitPool(RegistryDatabase db, Start self) {
    this.db = db;
    this.self = self;
  }

  /**
   * Says what this process has, and takes what it asks for as far as it is there. A claim whose row
   * a later start on the same data folder has is granted nothing.
   *
   * @param replicas processes that live, this one included; &ge; 1
   * @throws UnavailableException if the database cannot be used; whether the claims came in is not
   *     known then
   */
  public List<LimitGrant> exchange(int replicas, List<LimitClaim> claims) {
    try {
      PreparedStatement statement = open().prepareStatement(SQL); // kept by the driver
      try (statement) {
        statement.setObject(1, self.replica());
        statement.setLong(2, self.epoch());
        statement.setInt(3, replicas);
        statement.setString(4, Objects.requireNonNull(Jsonb.write(claims)));
        return grants(statement);
      }
    } catch (SQLException e) {
      close();
      throw UnavailableException.database("limits cannot be shared now: " + e.getMessage(), e);
    }
  }

  private static List<LimitGrant> grants(PreparedStatement statement) throws SQLException {
    List<LimitGrant> grants = new ArrayList<>();
    try (ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        grants.add(
            new LimitGrant(
                Columns.id(row, "tenant_id"),
                SharedLimit.valueOf(row.getString("kind")),
                row.getLong("granted"),
                row.getDouble("remaining"),
                row.getLong("others"),
                row.getBoolean("contended")));
      }
    }
    return grants;
  }

  private Connection open() throws SQLException {
    Connection open = connection;
    if (open == null) {
      open = db.connect();
      connection = open;
      open.setNetworkTimeout(Runnable::run, STATEMENT_WAIT);
      try (Statement settings = open.createStatement()) {
        settings.execute("set statement_timeout = " + STATEMENT_WAIT);
        // What a crash of the database forgets, the next claims say again.
        settings.execute("set synchronous_commit = off");
      }
    }
    return open;
  }

  /** Ends the connection; an exchange would make another one. */
  @Override
  public void close() {
    Connection open = connection;
    connection = null;
    if (open != null) {
      try {
        open.close();
      } catch (SQLException e) {
        // it is gone, which is what was wanted
      }
    }
  }
}
