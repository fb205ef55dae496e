package dev.heddle.registry.imports;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where a version's files come from.
 *
 * @param source a URI
 * @param revision which state of the source is meant, null for its usual one
 * @param actor who asked for it
 * @param filesTotal files to be fetched; null until the source has been listed
 * @param bytesTotal of these files
 * @param skipped names in the source that do not belong to an adapter
 * @param error why it failed, null unless it did
 */
public record VersionImport(
    UUID tenantId,
    UUID versionId,
    String source,
    @Nullable String revision,
    String actor,
    State state,
    @Nullable Integer filesTotal,
    @Nullable Long bytesTotal,
    List<String> skipped,
    @Nullable String error) {
  public VersionImport {
    skipped = List.copyOf(skipped);
  }

  /** How far it is. */
  public enum State {
    /** Files come in, or are being checked. */
    RUNNING,
    /** The version was completed: it is ready, or rejected. */
    DONE,
    /** The source could not be read to the end, or its files not be taken. */
    FAILED,
    /** The version was archived meanwhile. */
    CANCELLED
  }
}
