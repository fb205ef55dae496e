package dev.heddle.registry.adapter;

import dev.heddle.format.Digest;
import java.util.List;
import java.util.Map;

/**
 * What a version's check has put into the store, before the version is ready.
 *
 * @param adapter digest of its manifest
 * @param blobs size of each expert's blob, by digest
 * @param documents the small files
 * @param golden how many golden prompts it has to answer, 0 if it has none
 */
public record StoredVersion(
    Digest adapter, Map<Digest, Long> blobs, List<VersionDocument> documents, int golden) {
  public StoredVersion {
    blobs = Map.copyOf(blobs);
    documents = List.copyOf(documents);
  }
}
