package dev.heddle.registry.upload;

import dev.heddle.registry.NotFoundException;
import dev.heddle.registry.db.RegistryDatabase;
import java.util.UUID;

/**
 * How much tenants have stored. The database keeps the count, and refuses what would exceed a
 * tenant's {@code stored_bytes}. Safe for any thread; blocks.
 */
public final class Storage {
  /**
   * What counts against a tenant's {@code stored_bytes}.
   *
   * @param readyBytes logical size of its ready versions; experts that other versions share are
   *     counted in full
   * @param uploadBytes of files of versions that are not ready yet, those still to come included
   */
  public record Used(long readyBytes, long uploadBytes) {
    public long total() {
      return readyBytes + uploadBytes;
    }
  }

  private final RegistryDatabase db;

  public Storage(RegistryDatabase db) {
    this.db = db;
  }

  /**
   * What a tenant has stored now.
   *
   * @throws NotFoundException {@code tenant-not-found}
   */
  public Used used(UUID tenant) {
    return db.read(jdbc ->
            jdbc.sql(
                    "select ready_bytes, upload_bytes from tenant_storage where tenant_id = :tenant")
                .param("tenant", tenant)
                .query(
                    (row, n) -> new Used(row.getLong("ready_bytes"), row.getLong("upload_bytes")))
                .optional())
        .orElseThrow(() -> new NotFoundException("tenant", tenant.toString()));
  }
}
