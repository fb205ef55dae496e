package dev.heddle.registry.upload;

import dev.heddle.format.Digest;
import dev.heddle.registry.ConflictException;
import dev.heddle.registry.InvalidException;
import dev.heddle.registry.QuotaExceededException;
import dev.heddle.registry.UnavailableException;
import dev.heddle.registry.adapter.Version;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One file that is uploaded in one request. Bytes go to disk and into the digest as they come. The
 * file belongs to the version when {@link #commit} returns, not before. {@link #close} without a
 * commit aborts, and may come from another thread than the bytes.
 */
public final class FileSink implements AutoCloseable {
  /** Room taken ahead for a file whose length is not known, so that not every write asks for it. */
  private static final long AHEAD_BYTES = 16L << 20;

  private final UploadArea area;
  private final Version version;
  private final String path;
  private final UUID id;
  private final PartialFile file;
  private final long declared;
  private long reserved;
  private boolean open = true;

  /**
   * @param declared bytes that will come, already taken from the book; -1 if not known
   */
  FileSink(
      UploadArea area, Version version, String path, UUID id, PartialFile file, long declared) {
    this.area = area;
    this.version = version;
    this.path = path;
    this.id = id;
    this.file = file;
    this.declared = declared;
    this.reserved = Math.max(declared, 0);
  }

  /**
   * Takes all remaining bytes of a buffer, of any kind.
   *
   * @throws InvalidException {@code file-too-large}, {@code version-too-large} or {@code
   *     file-length}; the sink is of no more use
   * @throws QuotaExceededException if the tenant has no room for them
   * @throws UnavailableException if the disk does not take them
   */
  public synchronized void write(ByteBuffer bytes) {
    requireOpen();
    reserve(file.at() + bytes.remaining());
    try {
      file.write(bytes);
    } catch (IOException e) {
      throw UnavailableException.store(path + " cannot be written", e);
    }
  }

  private void reserve(long after) {
    if (declared >= 0 && after > declared) {
      throw new InvalidException(
          "file-length", path, "has more than the " + declared + " bytes announced");
    }
    area.requireFileSize(path, after);
    if (after <= reserved) {
      return;
    }
    long ahead = Math.min(after + AHEAD_BYTES, area.limits().fileBytesMax(path));
    try {
      area.rows().grow(version, id, ahead);
      reserved = ahead;
    } catch (InvalidException | QuotaExceededException e) {
      area.rows().grow(version, id, after); // near a limit, to the byte
      reserved = after;
    }
  }

  /**
   * Makes the file the version's, in place of one of the same path; it is on disk when this
   * returns.
   *
   * @param expected what its SHA-256 has to be, null if the client did not say
   * @throws InvalidException {@code file-length} or {@code file-digest} if it is not what was
   *     announced
   * @throws ConflictException {@code version-state} if the version is not uploading any more
   */
  public synchronized UploadedFile commit(@Nullable Digest expected) {
    requireOpen();
    try {
      if (declared >= 0 && file.at() != declared) {
        throw new InvalidException(
            "file-length", path, "has " + file.at() + " of the " + declared + " bytes announced");
      }
      Digest digest = file.digest();
      UploadArea.requireDigest(path, expected, digest);
      file.sync();
      file.close();
      UploadedFile whole = new UploadedFile(path, file.at(), digest, Instant.now());
      area.accept(version, id, whole);
      open = false;
      return whole;
    } catch (IOException e) {
      throw UnavailableException.store(path + " cannot be written", e);
    } finally {
      close();
    }
  }

  /** Drops what came; nothing happens after a commit. */
  public void abort() {
    close();
  }

  /** The same as {@link #abort}. */
  @Override
  public synchronized void close() {
    if (!open) {
      return;
    }
    open = false;
    try {
      file.close();
    } catch (IOException e) {
      throw UnavailableException.store(path + " cannot be closed", e);
    } finally {
      area.drop(id);
    }
  }

  private void requireOpen() {
    if (!open) {
      throw new IllegalStateException(path + " is committed or aborted already");
    }
  }
}
