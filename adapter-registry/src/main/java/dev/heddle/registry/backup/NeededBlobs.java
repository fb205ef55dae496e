package dev.heddle.registry.backup;

import dev.heddle.format.Digest;
import dev.heddle.registry.db.OwnerDatabase;
import dev.heddle.registry.store.BlobFiles;
import dev.heddle.registry.store.BlobKind;
import java.util.ArrayList;
import java.util.List;

/** Which blobs the ready versions need, and how large each has to be. */
final class NeededBlobs {
  /** Of a blob whose size the database does not know. */
  static final long ANY_SIZE = -1;

  private NeededBlobs() {}

  /** Every one once, with the bytes that its file has to have, or {@link #ANY_SIZE}. */
  static List<BlobFiles.Blob> of(OwnerDatabase db) {
    List<BlobFiles.Blob> all = new ArrayList<>();
    add(db, BlobKind.MANIFEST, "select digest, -1::bigint as bytes from adapter_version v", all);
    add(
        db,
        BlobKind.EXPERT,
        """
        select e.digest, b.bytes + %d as bytes from version_expert e
          join expert_blob b on b.digest = e.digest join adapter_version v on v.id = e.version_id
        """
            .formatted(BlobFiles.EXPERT_HEADER_BYTES),
        all);
    add(
        db,
        BlobKind.DOCUMENT,
        """
        select d.digest, d.bytes from version_document d
          join adapter_version v on v.id = d.version_id
        """,
        all);
    return all;
  }

  private static void add(
      OwnerDatabase db, BlobKind kind, String select, List<BlobFiles.Blob> all) {
    all.addAll(
        db.read(jdbc ->
            jdbc.sql(
                    select.replaceFirst("select ", "select distinct ") + " where v.state = 'READY'")
                .query((row, n) ->
                    new BlobFiles.Blob(
                        kind, Digest.of(row.getBytes("digest")), row.getLong("bytes")))
                .list()));
  }
}
