package dev.heddle.registry.backup;

import dev.heddle.format.Digest;
import dev.heddle.registry.db.OwnerDatabase;
import dev.heddle.registry.store.BlobFiles;
import dev.heddle.registry.store.BlobKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What of a database and a store does not fit together: they were restored from copies of different
 * times, or something was removed. Names and sizes are compared; no blob is read.
 *
 * @param needed blobs that ready versions need
 * @param missing how many of them are not there
 * @param wrongSize how many have another size than the database says
 * @param named the first of those, e.g. {@code expert DIGEST is missing}
 * @param orphans blobs that no ready version needs; the next collection may remove them
 * @param orphanBytes of those
 */
public record StoreComparison(
    long needed, long missing, long wrongSize, List<String> named, long orphans, long orphanBytes) {
  private static final int NAMED_MAX = 10;

  private record Key(BlobKind kind, Digest digest) {
    String path() {
      return kind.name().toLowerCase(java.util.Locale.ROOT) + " " + digest.hex();
    }
  }

  /** Whether every version has what it needs. */
  public boolean fits() {
    return missing == 0 && wrongSize == 0;
  }

  /** Compares. The database is asked first, so that what comes meanwhile is not missed. */
  public static StoreComparison of(OwnerDatabase db, BlobFiles store) throws IOException {
    Map<Key, Long> missing = new HashMap<>();
    NeededBlobs.of(db)
        .forEach(blob -> missing.put(new Key(blob.kind(), blob.digest()), blob.bytes()));
    long needed = missing.size();
    List<String> named = new ArrayList<>();
    long[] counts = new long[3]; // wrong size, orphans, their bytes
    store.list(blob -> {
      Key key = new Key(blob.kind(), blob.digest());
      Long bytes = missing.remove(key);
      if (bytes == null) {
        counts[1]++;
        counts[2] += blob.bytes();
      } else if (bytes != NeededBlobs.ANY_SIZE && bytes != blob.bytes()) {
        counts[0]++;
        named.add(key.path() + " has " + blob.bytes() + " bytes instead of " + bytes);
      }
    });
    missing.keySet().forEach(key -> named.add(key.path() + " is missing"));
    return new StoreComparison(
        needed,
        missing.size(),
        counts[0],
        named.stream().sorted().limit(NAMED_MAX).toList(),
        counts[1],
        counts[2]);
  }
}
