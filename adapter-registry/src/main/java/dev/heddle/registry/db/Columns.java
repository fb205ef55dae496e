package dev.heddle.registry.db;

import dev.heddle.format.Digest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Column types as the registry's own, both ways. */
public final class Columns {
  private Columns() {}

  public static UUID id(ResultSet row, String column) throws SQLException {
    return row.getObject(column, UUID.class);
  }

  public static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  public static @Nullable Instant instantOrNull(ResultSet row, String column) throws SQLException {
    OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
    return value == null ? null : value.toInstant();
  }

  public static @Nullable Digest digestOrNull(ResultSet row, String column) throws SQLException {
    byte[] value = row.getBytes(column);
    return value == null ? null : Digest.of(value);
  }

  public static Digest digest(ResultSet row, String column) throws SQLException {
    return Digest.of(row.getBytes(column));
  }

  /** An instant as the driver takes it. */
  public static @Nullable OffsetDateTime parameter(@Nullable Instant instant) {
    return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
  }
}
