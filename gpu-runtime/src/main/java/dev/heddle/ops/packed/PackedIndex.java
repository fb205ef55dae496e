package dev.heddle.ops.packed;

import static java.util.stream.Collectors.joining;

import dev.heddle.format.Digests;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a file of packed weights says of itself. The file: ranges of bytes, each at a multiple of
 * {@value #ALIGNMENT}; the index as text; and a trailer of {@value #TRAILER_BYTES} bytes: magic,
 * where the index begins, how long it is (little-endian), and its SHA-256.
 *
 * <p>The index: a line that is the identity, then a line {@code OFFSET BYTES CRC,CRC,... NAME} for
 * each range. A CRC-32C (hexadecimal) is that of a piece of {@value #PIECE} bytes; the last one may
 * be shorter.
 *
 * @param identity of the weights and of their layout
 * @param ranges by name
 */
record PackedIndex(String identity, Map<String, Range> ranges) {
  /** Ranges begin at a page of the disk. */
  static final int ALIGNMENT = 4096;

  /** What one call reads and checks: it stays in a core's cache between the two. */
  static final int PIECE = 1 << 20;

  static final int TRAILER_BYTES = 56;
  private static final int LARGEST_INDEX = 1 << 28;
  private static final byte[] MAGIC = "HDLPCK01".getBytes(StandardCharsets.US_ASCII);

  /** Where a range lies in the file, and the checksums of its pieces. */
  record Range(long offset, long bytes, List<Integer> crcs) {}

  static int pieces(long bytes) {
    return Math.toIntExact(Math.ceilDiv(bytes, PIECE));
  }

  static int pieceBytes(long bytes, int piece) {
    return (int) Math.min(PIECE, bytes - (long) piece * PIECE);
  }

  /**
   * Reads the end of a file.
   *
   * @throws IOException if it is not that of a whole file of packed weights
   */
  static PackedIndex read(FileChannel file) throws IOException {
    long size = file.size();
    if (size < TRAILER_BYTES) {
      throw new IOException("it is cut short");
    }
    ByteBuffer trailer = bytes(file, size - TRAILER_BYTES, TRAILER_BYTES);
    byte[] magic = new byte[MAGIC.length];
    trailer.get(magic);
    long from = trailer.getLong();
    long length = trailer.getLong();
    byte[] sum = new byte[trailer.remaining()];
    trailer.get(sum);
    if (!MessageDigest.isEqual(magic, MAGIC)
        || from < 0
        || length < 0
        || length > LARGEST_INDEX
        || from + length != size - TRAILER_BYTES) {
      throw new IOException("it does not end as such a file does");
    }
    byte[] text = bytes(file, from, (int) length).array();
    if (!MessageDigest.isEqual(sum, Digests.sha256().digest(text))) {
      throw new IOException("its index is damaged");
    }
    return parse(new String(text, StandardCharsets.UTF_8));
  }

  private static PackedIndex parse(String text) throws IOException {
    List<String> lines = text.lines().toList();
    Map<String, Range> ranges = new LinkedHashMap<>();
    try {
      for (String line : lines.subList(1, lines.size())) {
        String[] words = line.split(" ", 4);
        List<Integer> crcs =
            Arrays.stream(words[2].split(","))
                .map(word -> Integer.parseUnsignedInt(word, 16))
                .toList();
        long bytes = Long.parseLong(words[1]);
        if (crcs.size() != pieces(bytes)) {
          throw new IOException("its index does not fit its ranges");
        }
        ranges.put(words[3], new Range(Long.parseLong(words[0]), bytes, crcs));
      }
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new IOException("its index is of another form", e);
    }
    return new PackedIndex(lines.getFirst(), ranges);
  }

  /** What follows the ranges in the file: index and trailer. */
  ByteBuffer tail(long from) {
    StringBuilder text = new StringBuilder(identity).append('\n');
    ranges.forEach((name, range) -> {
      text.append(range.offset()).append(' ').append(range.bytes()).append(' ');
      text.append(range.crcs().stream().map(Integer::toHexString).collect(joining(",")));
      text.append(' ').append(name).append('\n');
    });
    byte[] index = text.toString().getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(index.length + TRAILER_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(index)
        .put(MAGIC)
        .putLong(from)
        .putLong(index.length)
        .put(Digests.sha256().digest(index))
        .flip();
  }

  private static ByteBuffer bytes(FileChannel file, long from, int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (file.read(bytes, from + bytes.position()) < 0) {
        throw new EOFException("it is cut short");
      }
    }
    return bytes.flip();
  }
}
