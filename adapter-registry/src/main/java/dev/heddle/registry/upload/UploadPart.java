package dev.heddle.registry.upload;

import dev.heddle.format.Digest;
import dev.heddle.registry.ConflictException;
import dev.heddle.registry.InvalidException;
import dev.heddle.registry.NotFoundException;
import dev.heddle.registry.UnavailableException;
import dev.heddle.registry.adapter.Version;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request's bytes of an upload. What came before the request broke off is kept, unless it is to
 * be dropped as a whole. One thread writes; {@link #close} may come from another.
 */
public final class UploadPart implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(UploadPart.class);

  /** A part that is cut off by the end of the process loses at most these. */
  private static final long SYNC_BYTES = 64L << 20;

  private final ResumableUploads uploads;
  private final Version version;
  private final UploadRows.Row row;
  private final PartialFile file;
  private final PartialFile.Mark start;
  private boolean atomic;
  private long acknowledged;
  private boolean open = true;

  UploadPart(ResumableUploads uploads, Version version, UploadRows.Row row, PartialFile file) {
    this.uploads = uploads;
    this.version = version;
    this.row = row;
    this.file = file;
    this.start = file.mark();
    this.acknowledged = start.at();
  }

  /** Keeps nothing of this part until it is finished: to be called before the first byte. */
  public synchronized void keepOnlyWhole() {
    atomic = true;
  }

  /**
   * Takes all remaining bytes of a buffer, of any kind.
   *
   * @throws InvalidException {@code file-length} if they are more than announced
   * @throws UnavailableException if the disk does not take them
   * @throws NotFoundException if the upload was given up meanwhile
   */
  public synchronized void write(ByteBuffer bytes) {
    requireOpen();
    if (file.at() + bytes.remaining() > row.bytes()) {
      throw new InvalidException(
          "file-length", row.path(), "has more than the " + row.bytes() + " bytes announced");
    }
    try {
      file.write(bytes);
      if (!atomic && file.at() - acknowledged >= SYNC_BYTES) {
        keep();
      }
    } catch (IOException e) {
      throw UnavailableException.store(row.path() + " cannot be written", e);
    }
  }

  /**
   * Ends the part; its bytes are on disk when this returns. After the last one the file is the
   * version's, in place of one of the same path.
   *
   * @return how far the upload is now
   * @throws InvalidException {@code file-digest} if all are there and not what was announced; the
   *     upload is given up then
   * @throws ConflictException {@code version-state} if all are there, but the version is not
   *     uploading any more
   * @throws NotFoundException if the upload was given up meanwhile
   */
  public synchronized Upload finish() {
    requireOpen();
    try {
      Instant expires = keep();
      if (file.at() == row.bytes()) {
        return complete();
      }
      return upload(file.at(), expires);
    } catch (IOException e) {
      throw UnavailableException.store(row.path() + " cannot be written", e);
    } finally {
      release(file.mark());
    }
  }

  private Upload complete() {
    UUID id = row.id();
    Digest digest = file.digest();
    try {
      UploadArea.requireDigest(row.path(), row.sha256(), digest);
    } catch (InvalidException e) {
      uploads.area().drop(id);
      throw e;
    }
    uploads
        .area()
        .accept(version, id, new UploadedFile(row.path(), file.at(), digest, Instant.now()));
    return upload(file.at(), null);
  }

  private Upload upload(long offset, @Nullable Instant expires) {
    return new Upload(
        row.id(), row.path(), row.bytes(), offset, row.sha256(), row.metadata(), expires);
  }

  /** Drops the part's bytes. */
  public synchronized void abort() {
    requireOpen();
    PartialFile.Mark kept = null;
    try {
      if (acknowledged == start.at()) {
        file.backTo(start);
        kept = start;
      }
    } catch (IOException e) {
      log.warn(
          "Upload {}: bytes beyond the acknowledged offset are cut off when it is resumed",
          row.id(),
          e);
    } finally {
      release(kept);
    }
  }

  /** Keeps what came, as far as it is on disk; nothing happens after the end. */
  @Override
  public synchronized void close() {
    if (!open) {
      return;
    }
    if (atomic) {
      abort();
      return;
    }
    try {
      keep();
    } catch (IOException | RuntimeException e) {
      log.warn("Upload {}: restored to its last acknowledged offset", row.id(), e);
    } finally {
      release(file.mark());
    }
  }

  /** Acknowledges what came: bytes first, then the row that says so. */
  private Instant keep() throws IOException {
    file.sync();
    Instant expires = uploads.expiry();
    if (!uploads.area().rows().received(row.id(), file.at(), expires)) {
      throw new NotFoundException("upload", row.id().toString());
    }
    acknowledged = file.at();
    return expires;
  }

  private void release(PartialFile.@Nullable Mark mark) {
    open = false;
    try {
      file.close();
    } catch (IOException e) {
      log.warn("Upload {}: the file cannot be closed", row.id(), e);
    } finally {
      uploads.release(row.id(), mark);
    }
  }

  private void requireOpen() {
    if (!open) {
      throw new IllegalStateException("this part of " + row.path() + " has ended already");
    }
  }
}
