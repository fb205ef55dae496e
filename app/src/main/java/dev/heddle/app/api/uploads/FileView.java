package dev.heddle.app.api.uploads;

import dev.heddle.registry.upload.UploadedFile;
import java.time.Instant;

/**
 * A file that is uploaded completely.
 *
 * @param sha256 of its bytes, 64 hex digits
 */
record FileView(String path, long bytes, String sha256, Instant storedAt) {
  static FileView of(UploadedFile file) {
    return new FileView(file.path(), file.bytes(), file.sha256().hex(), file.storedAt());
  }
}
