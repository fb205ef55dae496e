package dev.heddle.registry.db;

import java.util.UUID;

/** What this database has one of, made once with its schema. */
public final class Installation {
  private Installation() {}

  /** The database's id; a copy restored from a backup has the same. */
  public static UUID id(RegistryDatabase db) {
    return db.read(jdbc ->
        jdbc.sql("select id from installation").query((row, n) -> Columns.id(row, "id")).single());
  }

  /** 32 bytes for whatever all processes on this database have to sign alike. */
  public static byte[] sessionSecret(RegistryDatabase db) {
    return db.read(jdbc ->
        jdbc.sql("select session_secret from installation")
            .query((row, n) -> row.getBytes("session_secret"))
            .single());
  }
}
