package dev.heddle.registry.upload;

import dev.heddle.format.Digest;
import dev.heddle.format.Digests;
import dev.heddle.registry.disk.DurableFiles;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;

/** A file that grows at its end and is hashed as it grows. For one thread at a time. */
final class PartialFile implements AutoCloseable {
  /** How far a file has come, and the hash of it so far. */
  record Mark(long at, MessageDigest sha) {
    static Mark start() {
      return new Mark(0, Digests.sha256());
    }
  }

  private static final int READ_BYTES = 1 << 18;

  private final FileChannel channel;
  private MessageDigest sha;
  private long at;

  private PartialFile(FileChannel channel, Mark mark) {
    this.channel = channel;
    this.sha = mark.sha();
    this.at = mark.at();
  }

  /**
   * Opens a file to go on at a mark, making it where it is missing; what lies beyond is cut off.
   */
  static PartialFile open(Path file, Mark mark) throws IOException {
    boolean fresh = !Files.exists(file);
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (fresh) {
        DurableFiles.syncFolder(file.resolveSibling(""));
      }
      if (channel.size() < mark.at()) {
        throw new EOFException(file + " has lost bytes that were acknowledged");
      }
      channel.truncate(mark.at());
      channel.position(mark.at());
      return new PartialFile(channel, mark);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Reads a file's first bytes again for their hash. */
  static Mark read(Path file, long bytes) throws IOException {
    MessageDigest sha = Digests.sha256();
    if (bytes > 0) {
      ByteBuffer buffer = ByteBuffer.allocate(READ_BYTES);
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        for (long at = 0; at < bytes; at += buffer.limit()) {
          buffer.clear().limit((int) Math.min(READ_BYTES, bytes - at));
          readFully(channel, buffer);
          sha.update(buffer.flip());
        }
      }
    }
    return new Mark(bytes, sha);
  }

  private static void readFully(FileChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new EOFException("a partial file has lost bytes that were acknowledged");
      }
    }
  }

  /** Appends all remaining bytes of a buffer. */
  void write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      ByteBuffer written = bytes.duplicate();
      at += channel.write(bytes);
      sha.update(written.limit(bytes.position()));
    }
  }

  /** Bytes so far. */
  long at() {
    return at;
  }

  /** Where the file is now; valid whatever is written later. */
  Mark mark() {
    return new Mark(at, copy(sha));
  }

  /** Drops what was written after a mark. */
  void backTo(Mark mark) throws IOException {
    channel.truncate(mark.at());
    channel.position(mark.at());
    at = mark.at();
    sha = copy(mark.sha());
  }

  /** SHA-256 of all bytes. */
  Digest digest() {
    return Digest.of(copy(sha).digest());
  }

  /** Waits until all bytes are on disk. */
  void sync() throws IOException {
    channel.force(false);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private static MessageDigest copy(MessageDigest sha) {
    try {
      return (MessageDigest) sha.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the JDK's SHA-256 can be copied", e);
    }
  }
}
