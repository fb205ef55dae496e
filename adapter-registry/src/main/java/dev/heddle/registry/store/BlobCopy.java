package dev.heddle.registry.store;

import dev.heddle.format.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Brings a blob's bytes to a file, and proves that they are the blob's. */
final class BlobCopy {
  private BlobCopy() {}

  /**
   * @throws DamagedBlobException if the bytes are others; the file is gone then
   */
  static void to(Path target, BlobKind kind, Digest digest, InputStream bytes) throws IOException {
    Files.copy(bytes, target, StandardCopyOption.REPLACE_EXISTING);
    try (Arena arena = Arena.ofConfined()) {
      BlobReading.whole(kind, digest, arena).open(target);
    } catch (DamagedBlobException e) {
      Files.delete(target);
      throw e;
    }
  }
}
