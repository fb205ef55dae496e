package dev.heddle.registry.store;

import dev.heddle.format.DType;
import dev.heddle.format.ExpertWeights;
import dev.heddle.format.MatrixData;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * An expert as a file: a header of {@value #HEADER_BYTES} bytes (magic, dtype, I, H, zeros), then
 * gate [I][H], up [I][H] and down [H][I], row-major, little-endian, without gaps.
 */
final class ExpertBlob {
  static final int HEADER_BYTES = 64; // the weights begin at a cache line of the mapping
  private static final byte[] MAGIC = "HDLEXP01".getBytes(StandardCharsets.US_ASCII);

  private ExpertBlob() {}

  /** Bytes of an expert's elements. */
  static long weightBytes(ExpertWeights weights) {
    return bytes(weights.gate()) + bytes(weights.up()) + bytes(weights.down());
  }

  static long fileBytes(ExpertWeights weights) {
    return HEADER_BYTES + weightBytes(weights);
  }

  static void write(FileChannel channel, ExpertWeights weights) throws IOException {
    writeFully(channel, header(weights));
    writeRows(channel, weights.gate());
    writeRows(channel, weights.up());
    writeRows(channel, weights.down());
  }

  /** Maps a blob, checking its header against its length. */
  static ExpertWeights map(Path file, Arena arena) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      MemorySegment all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      if (all.byteSize() < HEADER_BYTES) {
        throw new IOException(file + " is cut short");
      }
      ByteBuffer header =
          all.asSlice(0, HEADER_BYTES).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
      byte[] magic = new byte[MAGIC.length];
      header.get(magic);
      DType dtype = dtype(header.getInt());
      int intermediate = header.getInt();
      int hidden = header.getInt();
      long matrix = (long) intermediate * hidden * dtype.bytes();
      if (!Arrays.equals(magic, MAGIC)
          || intermediate < 1
          || hidden < 1
          || all.byteSize() != HEADER_BYTES + 3 * matrix) {
        throw new IOException(file + " is no expert blob");
      }
      return new ExpertWeights(
          matrix(dtype, intermediate, hidden, all, HEADER_BYTES),
          matrix(dtype, intermediate, hidden, all, HEADER_BYTES + matrix),
          matrix(dtype, hidden, intermediate, all, HEADER_BYTES + 2 * matrix));
    }
  }

  private static MatrixData matrix(DType dtype, int rows, int cols, MemorySegment all, long at) {
    long bytes = (long) rows * cols * dtype.bytes();
    return MatrixData.dense(dtype, rows, cols, all.asSlice(at, bytes));
  }

  private static ByteBuffer header(ExpertWeights weights) {
    MatrixData gate = weights.gate();
    return ByteBuffer.allocate(HEADER_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(MAGIC)
        .putInt(code(gate.dtype()))
        .putInt(gate.rows())
        .putInt(gate.cols())
        .position(0);
  }

  private static int code(DType dtype) {
    return switch (dtype) {
      case BF16 -> 1;
      case F16 -> 2;
      case F32 -> 3;
    };
  }

  private static DType dtype(int code) throws IOException {
    return switch (code) {
      case 1 -> DType.BF16;
      case 2 -> DType.F16;
      case 3 -> DType.F32;
      default -> throw new IOException("an expert blob has the unknown dtype " + code);
    };
  }

  private static void writeRows(FileChannel channel, MatrixData matrix) throws IOException {
    long row = (long) matrix.cols() * matrix.dtype().bytes();
    if (matrix.rowStride() == row) {
      writeFully(channel, matrix.data().asSlice(0, row * matrix.rows()).asByteBuffer());
      return;
    }
    ByteBuffer packed = ByteBuffer.allocate(Math.toIntExact(row * matrix.rows()));
    for (int r = 0; r < matrix.rows(); r++) {
      packed.put(matrix.data().asSlice(r * matrix.rowStride(), row).asByteBuffer());
    }
    writeFully(channel, packed.flip());
  }

  private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static long bytes(MatrixData matrix) {
    return (long) matrix.rows() * matrix.cols() * matrix.dtype().bytes();
  }
}
