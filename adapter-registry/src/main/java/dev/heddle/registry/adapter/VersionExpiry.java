package dev.heddle.registry.adapter;

import dev.heddle.registry.Actor;
import dev.heddle.registry.ConflictException;
import dev.heddle.registry.audit.AuditLog;
import dev.heddle.registry.db.Columns;
import dev.heddle.registry.db.RegistryDatabase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Archives versions that were begun and never completed. */
public final class VersionExpiry {
  private final RegistryDatabase db;

  public VersionExpiry(RegistryDatabase db) {
    this.db = db;
  }

  /**
   * Archives every version that is open and got no file since {@code before}, unless more of one is
   * awaited or it is being imported. Its files are for {@link
   * dev.heddle.registry.upload.UploadArea#sweep} to remove.
   *
   * @return those that were archived, as they were
   */
  public List<Version> expire(Instant before) {
    List<Version> expired = new ArrayList<>();
    for (Version version : idle(before)) {
      try {
        db.change(jdbc -> {
          VersionRows.move(jdbc, version, VersionState.ARCHIVED);
          AuditLog.write(
              jdbc,
              Actor.SYSTEM,
              version.tenantId(),
              "version.expire",
              version.label(),
              Map.of("state", version.state()),
              Map.of("state", VersionState.ARCHIVED));
          return version;
        });
        expired.add(version);
      } catch (ConflictException e) {
        // it was completed or archived just now
      }
    }
    return expired;
  }

  private List<Version> idle(Instant before) {
    return db.read(jdbc ->
        jdbc.sql(
                VersionRows.SELECT
                    + """
                    where v.state = 'UPLOADING' and v.changed_at < :before
                      and not exists (select from upload u where u.version_id = v.id
                        and (u.created_at >= :before
                          or (u.state = 'RESUMABLE' and u.expires_at > now())))
                      and not exists (select from version_import i
                        where i.version_id = v.id and i.state = 'RUNNING')
                    order by v.id
                    """)
            .param("before", Columns.parameter(before))
            .query(VersionRows::map)
            .list());
  }
}
