package dev.heddle.registry.upload;

import dev.heddle.format.Digest;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A file that comes in several requests.
 *
 * @param length bytes it will have
 * @param offset bytes that are on disk, whatever happens
 * @param sha256 what it has to be, null if the client did not say
 * @param metadata as the client gave it
 * @param expiresAt when it is given up unless more comes; null once it is whole
 */
public record Upload(
    UUID id,
    String path,
    long length,
    long offset,
    @Nullable Digest sha256,
    String metadata,
    @Nullable Instant expiresAt) {
  /** Whether it is the version's file. */
  public boolean isWhole() {
    return expiresAt == null;
  }

  static Upload of(UploadRows.Row row) {
    boolean whole = row.state() == UploadRows.State.WHOLE;
    return new Upload(
        row.id(),
        row.path(),
        row.bytes(),
        row.received(),
        row.sha256(),
        row.metadata(),
        whole ? null : row.expiresAt());
  }
}
