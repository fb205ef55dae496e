package dev.heddle.registry.upload;

import dev.heddle.format.Digest;
import dev.heddle.format.Digests;
import dev.heddle.registry.ConflictException;
import dev.heddle.registry.InvalidException;
import dev.heddle.registry.UnavailableException;
import dev.heddle.registry.adapter.Version;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One file on its way in. Bytes go to disk and into the digest as they come; the file is the
 * version's only when {@link #commit} returns. One thread at a time; {@link #close} without a
 * commit aborts.
 */
public final class FileSink implements AutoCloseable {
  private final UploadArea area;
  private final Version version;
  private final String path;
  private final UUID id;
  private final FileChannel channel;
  private final long declared;
  private final MessageDigest sha = Digests.sha256();
  private long reserved;
  private long written;
  private boolean open = true;

  /**
   * @param declared bytes that will come, already taken from the book; -1 if not known
   */
  FileSink(UploadArea area, Version version, String path, UUID id, Path file, long declared)
      throws IOException {
    this.area = area;
    this.version = version;
    this.path = path;
    this.id = id;
    this.declared = declared;
    this.reserved = Math.max(declared, 0);
    this.channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  /**
   * Takes all remaining bytes of a buffer, of any kind.
   *
   * @throws InvalidException {@code file-too-large}, {@code version-too-large} or {@code
   *     file-length}; the sink is of no more use
   * @throws UnavailableException if the disk does not take them
   */
  public void write(ByteBuffer bytes) {
    requireOpen();
    reserve(bytes.remaining());
    sha.update(bytes.duplicate());
    try {
      while (bytes.hasRemaining()) {
        written += channel.write(bytes);
      }
    } catch (IOException e) {
      throw new UnavailableException(path + " cannot be written", e);
    }
  }

  private void reserve(int more) {
    long after = written + more;
    if (declared >= 0 && after > declared) {
      throw new InvalidException(
          "file-length", path, "has more than the " + declared + " bytes announced");
    }
    area.requireFileSize(path, after);
    if (after > reserved) {
      area.book().take(version.id(), after - reserved, 0);
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
  public UploadedFile commit(@Nullable Digest expected) {
    requireOpen();
    try {
      if (declared >= 0 && written != declared) {
        throw new InvalidException(
            "file-length", path, "has " + written + " of the " + declared + " bytes announced");
      }
      Digest digest = Digest.of(sha.digest());
      if (expected != null && !expected.equals(digest)) {
        throw new InvalidException("file-digest", path, "has the SHA-256 " + digest);
      }
      channel.force(true);
      channel.close();
      UploadedFile file = new UploadedFile(path, written, digest, Instant.now());
      area.accept(version, id, file);
      open = false;
      return file;
    } catch (IOException e) {
      throw new UnavailableException(path + " cannot be written", e);
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
  public void close() {
    if (!open) {
      return;
    }
    open = false;
    try {
      channel.close();
    } catch (IOException e) {
      throw new UnavailableException(path + " cannot be closed", e);
    } finally {
      area.drop(version, id, reserved);
    }
  }

  private void requireOpen() {
    if (!open) {
      throw new IllegalStateException(path + " is committed or aborted already");
    }
  }
}
