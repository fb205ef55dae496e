package dev.heddle.registry.garbage;

import dev.heddle.format.Digest;
import dev.heddle.registry.db.Columns;
import dev.heddle.registry.db.RegistryDatabase;
import dev.heddle.registry.store.ExpertStore;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What the expert store has to keep, as the database says: manifests, experts and documents of
 * ready versions, and those of versions archived just now, which another replica may still read.
 */
final class LiveBlobs implements ExpertStore.Liveness {
  private static final String NEEDED =
      """
      (v.state = 'READY' or (v.state = 'ARCHIVED'
        and v.changed_at > now() - make_interval(secs => :grace)))
      """;

  private final RegistryDatabase db;
  private final Duration grace;

  /**
   * @param grace how long an archived version is needed; zero where this process alone reads
   */
  LiveBlobs(RegistryDatabase db, Duration grace) {
    this.db = db;
    this.grace = grace;
  }

  @Override
  public Set<Digest> among(Set<Digest> digests) {
    List<byte[]> asked = digests.stream().map(Digest::bytes).toList();
    return db.read(jdbc ->
        jdbc.sql(
                """
                select v.digest from adapter_version v where v.digest in (:asked) and %1$s
                union
                select e.digest from version_expert e
                  join adapter_version v on v.id = e.version_id
                where e.digest in (:asked) and %1$s
                union
                select d.digest from version_document d
                  join adapter_version v on v.id = d.version_id
                where d.digest in (:asked) and %1$s
                """
                    .formatted(NEEDED))
            .param("asked", asked)
            .param("grace", (double) grace.toMillis() / 1000)
            .query((row, n) -> Columns.digest(row, "digest"))
            .set());
  }
}
