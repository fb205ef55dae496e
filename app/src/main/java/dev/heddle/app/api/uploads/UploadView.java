package dev.heddle.app.api.uploads;

import dev.heddle.registry.upload.Upload;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A file that comes in several requests and is not whole yet.
 *
 * @param bytes it will have
 * @param offset bytes that are on disk
 * @param sha256 what it has to be, 64 hex digits; null if the client did not say
 * @param expiresAt when it is given up unless more comes
 */
record UploadView(
    UUID id,
    String path,
    long bytes,
    long offset,
    @Nullable String sha256,
    @Nullable Instant expiresAt) {
  static UploadView of(Upload upload) {
    return new UploadView(
        upload.id(),
        upload.path(),
        upload.length(),
        upload.offset(),
        upload.sha256() == null ? null : upload.sha256().hex(),
        upload.expiresAt());
  }
}
