package dev.heddle.registry.scrub;

import dev.heddle.format.Digest;
import dev.heddle.registry.db.Columns;
import dev.heddle.registry.db.RegistryDatabase;
import dev.heddle.registry.store.BlobKind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which blobs ready versions need, and which versions need a blob. */
final class BlobUses {
  private static final String MANIFESTS = "select v.id, v.digest from adapter_version v";
  private static final String EXPERTS = "select e.version_id as id, e.digest from version_expert e";
  private static final String DOCUMENTS =
      "select d.version_id as id, d.digest from version_document d";

  private final RegistryDatabase db;

  BlobUses(RegistryDatabase db) {
    this.db = db;
  }

  /**
   * Needed blobs of a kind in order of their digests.
   *
   * @param after where the last page ended; null for the first
   */
  List<Digest> needed(BlobKind kind, @Nullable Digest after, int limit) {
    return db.read(jdbc ->
        jdbc.sql(
                """
                select distinct b.digest from (%s) b join adapter_version v on v.id = b.id
                where v.state = 'READY' and b.digest > :after order by b.digest limit :limit
                """
                    .formatted(uses(kind)))
            .param("after", after == null ? new byte[0] : after.bytes())
            .param("limit", limit)
            .query((row, n) -> Columns.digest(row, "digest"))
            .list());
  }

  /** Ready versions that need a blob, as {@code TENANT/NAME@NUMBER}; the first few by name. */
  List<String> versions(BlobKind kind, Digest digest, int limit) {
    return db.read(jdbc ->
        jdbc.sql(
                """
                select distinct t.name as tenant, a.name as adapter, v.number
                from (%s) b
                  join adapter_version v on v.id = b.id
                  join adapter a on a.id = v.adapter_id
                  join tenant t on t.id = v.tenant_id
                where v.state = 'READY' and b.digest = :digest
                order by t.name, a.name, v.number limit :limit
                """
                    .formatted(uses(kind)))
            .param("digest", digest.bytes())
            .param("limit", limit)
            .query((row, n) ->
                row.getString("tenant")
                    + "/"
                    + row.getString("adapter")
                    + "@"
                    + row.getInt("number"))
            .list());
  }

  private static String uses(BlobKind kind) {
    return switch (kind) {
      case EXPERT -> EXPERTS;
      case MANIFEST -> MANIFESTS;
      case DOCUMENT -> DOCUMENTS;
    };
  }
}
