package dev.heddle.registry.upload;

import dev.heddle.format.Digest;
import java.time.Instant;

/**
 * A file that is uploaded completely.
 *
 * @param sha256 of its bytes
 */
public record UploadedFile(String path, long bytes, Digest sha256, Instant storedAt) {}
