package dev.heddle.registry.db;

import java.util.UUID;

/** The id of this database, made once when its schema is created. */
public final class Installation {
  private Installation() {}

  /** The database's id; a copy restored from a backup has the same. */
  public static UUID id(RegistryDatabase db) {
    return db.read(jdbc ->
        jdbc.sql("select id from installation").query((row, n) -> Columns.id(row, "id")).single());
  }
}
