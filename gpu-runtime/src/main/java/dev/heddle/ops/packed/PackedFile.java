package dev.heddle.ops.packed;

import dev.heddle.ops.memory.NativeMemory;
import dev.heddle.ops.packed.PackedIndex.Range;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A file of packed weights, open to be read. Ranges are read by several threads into their places
 * in memory, and every byte is checked there. Not mapped: kernels want their weights in huge pages,
 * which a file's pages are on some systems only, and a page that was evicted would stop a step.
 */
final class PackedFile implements AutoCloseable {
  private final FileChannel channel;
  private final PackedIndex index;

  private PackedFile(FileChannel channel, PackedIndex index) {
    this.channel = channel;
    this.index = index;
  }

  /**
   * Opens a file and reads its index.
   *
   * @throws java.nio.file.NoSuchFileException if there is none
   * @throws IOException if it is not such a file, or damaged
   */
  static PackedFile open(Path file) throws IOException {
    FileChannel channel = FileChannel.open(file);
    try {
      return new PackedFile(channel, PackedIndex.read(channel));
    } catch (Throwable e) {
      channel.close();
      throw e;
    }
  }

  String identity() {
    return index.identity();
  }

  /**
   * Reads a range into memory.
   *
   * @return whether there is one of this name and size
   * @throws IOException if it cannot be read, or is damaged; the memory may hold anything then
   */
  boolean read(String name, long address, long bytes) throws IOException {
    @Nullable Range range = index.ranges().get(name);
    if (range == null || range.bytes() != bytes) {
      return false;
    }
    // Nothing is thrown in the loop: it would end while other threads still write to the memory.
    AtomicReference<@Nullable IOException> fault = new AtomicReference<>();
    IntStream.range(0, range.crcs().size())
        .parallel()
        .forEach(piece -> {
          try {
            if (fault.get() == null) {
              readPiece(range, piece, address);
            }
          } catch (IOException e) {
            fault.compareAndSet(null, e);
          }
        });
    IOException first = fault.get();
    if (first != null) {
      throw new IOException(name + ": " + first.getMessage(), first);
    }
    return true;
  }

  private void readPiece(Range range, int piece, long address) throws IOException {
    long at = (long) piece * PackedIndex.PIECE;
    int count = PackedIndex.pieceBytes(range.bytes(), piece);
    ByteBuffer target = NativeMemory.ALL.asSlice(address + at, count).asByteBuffer();
    while (target.hasRemaining()) {
      if (channel.read(target, range.offset() + at + target.position()) < 0) {
        throw new EOFException("it is cut short");
      }
    }
    if (crc(target.flip()) != range.crcs().get(piece)) {
      throw new IOException(
          "the bytes from " + (range.offset() + at) + " on are not what they were");
    }
  }

  /** CRC-32C of what remains in a buffer outside the heap. */
  static int crc(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
