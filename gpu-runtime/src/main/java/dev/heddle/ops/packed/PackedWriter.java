package dev.heddle.ops.packed;

import dev.heddle.ops.memory.NativeMemory;
import dev.heddle.ops.packed.PackedIndex.Range;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes a file of packed weights while the platform serves: a little at a time, so that neither
 * the processors nor the disk are missed by others. Nothing of it has its name before it is whole
 * and on disk. For one thread, which an interrupt ends.
 */
final class PackedWriter {
  private static final int FORCED = 64 << 20; // bytes between two waits for the disk
  private static final long BYTES_PER_SECOND = 256 << 20;

  /** What is left free for others, afterwards: so much, or a twentieth of a small disk. */
  private static final long LEAST_FREE = 4L << 30;

  /** Weights in memory, which do not change. */
  record Source(String name, long address, long bytes) {}

  private final FileChannel channel;
  private long unforced;

  private PackedWriter(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Writes a whole file and waits until it is on disk.
   *
   * @throws IOException if there is no room for it, or it cannot be written
   */
  static void write(Path file, String identity, List<Source> sources)
      throws IOException, InterruptedException {
    requireRoom(file, sources.stream().mapToLong(Source::bytes).sum());
    try (FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      PackedWriter writer = new PackedWriter(channel);
      Map<String, Range> ranges = new LinkedHashMap<>();
      for (Source source : sources) {
        ranges.put(source.name(), writer.range(source));
      }
      writer.put(new PackedIndex(identity, ranges).tail(channel.position()));
      channel.force(true);
    }
  }

  private static void requireRoom(Path file, long bytes) throws IOException {
    FileStore disk = Files.getFileStore(file.resolveSibling(""));
    long left = disk.getUsableSpace() - bytes;
    if (left < Math.min(LEAST_FREE, disk.getTotalSpace() / 20)) {
      throw new IOException(
          "it takes %d MiB, and of the disk only %d MiB would be free"
              .formatted(bytes >> 20, left >> 20));
    }
  }

  private Range range(Source source) throws IOException, InterruptedException {
    long offset = Math.ceilDiv(channel.position(), PackedIndex.ALIGNMENT) * PackedIndex.ALIGNMENT;
    channel.position(offset);
    List<Integer> crcs = new ArrayList<>();
    for (int piece = 0; piece < PackedIndex.pieces(source.bytes()); piece++) {
      long from = source.address() + (long) piece * PackedIndex.PIECE;
      int count = PackedIndex.pieceBytes(source.bytes(), piece);
      long start = System.nanoTime();
      ByteBuffer bytes = NativeMemory.ALL.asSlice(from, count).asByteBuffer().asReadOnlyBuffer();
      crcs.add(PackedFile.crc(bytes.duplicate()));
      put(bytes);
      long pause = (long) (1e9 * count / BYTES_PER_SECOND) - (System.nanoTime() - start);
      Thread.sleep(Duration.ofNanos(Math.max(pause, 0)));
    }
    return new Range(offset, source.bytes(), crcs);
  }

  private void put(ByteBuffer bytes) throws IOException {
    unforced += bytes.remaining();
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    if (unforced >= FORCED) { // or all of it would wait in memory, and the last wait be long
      channel.force(false);
      unforced = 0;
    }
  }
}
