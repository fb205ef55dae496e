package dev.heddle.registry.store;

import dev.heddle.format.DType;
import dev.heddle.format.Digest;
import dev.heddle.format.Digests;
import dev.heddle.format.ExpertWeights;
import dev.heddle.format.MatrixData;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

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
    for (MatrixData matrix : List.of(weights.gate(), weights.up(), weights.down())) {
      List<MemorySegment> pieces = pieces(matrix);
      if (pieces.size() == 1) {
        writeFully(channel, pieces.getFirst().asByteBuffer());
      } else { // not a system call for each row
        MemorySegment packed = MemorySegment.ofArray(new byte[Math.toIntExact(bytes(matrix))]);
        pack(matrix, packed, 0);
        writeFully(channel, packed.asByteBuffer());
      }
    }
  }

  /**
   * The weights in a blob's bytes, all of which are read.
   *
   * @throws DamagedBlobException if the bytes are not those of the expert of this digest
   */
  static ExpertWeights checked(MemorySegment all, Digest expected) throws DamagedBlobException {
    ExpertWeights weights = weights(all);
    Digest actual = Digests.expert(weights);
    if (!actual.equals(expected)) {
      throw new DamagedBlobException("it contains the expert " + actual);
    }
    return weights;
  }

  private static ExpertWeights weights(MemorySegment all) throws DamagedBlobException {
    if (all.byteSize() < HEADER_BYTES) {
      throw new DamagedBlobException("it is cut short");
    }
    ByteBuffer header = all.asSlice(0, HEADER_BYTES).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    byte[] magic = new byte[MAGIC.length];
    header.get(magic);
    DType dtype = dtype(header.getInt());
    int intermediate = header.getInt();
    int hidden = header.getInt();
    boolean padded = true;
    while (header.hasRemaining()) {
      padded &= header.get() == 0;
    }
    long matrix = (long) intermediate * hidden * dtype.bytes();
    if (!Arrays.equals(magic, MAGIC)
        || !padded
        || intermediate < 1
        || hidden < 1
        || all.byteSize() != HEADER_BYTES + 3 * matrix) {
      throw new DamagedBlobException("it is no expert blob");
    }
    return new ExpertWeights(
        matrix(dtype, intermediate, hidden, all, HEADER_BYTES),
        matrix(dtype, intermediate, hidden, all, HEADER_BYTES + matrix),
        matrix(dtype, hidden, intermediate, all, HEADER_BYTES + 2 * matrix));
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

  private static DType dtype(int code) throws DamagedBlobException {
    return switch (code) {
      case 1 -> DType.BF16;
      case 2 -> DType.F16;
      case 3 -> DType.F32;
      default -> throw new DamagedBlobException("it has the unknown dtype " + code);
    };
  }

  /** Puts a matrix without gaps at a place in memory; answers where it ends. */
  static long pack(MatrixData matrix, MemorySegment target, long at) {
    long end = at;
    for (MemorySegment piece : pieces(matrix)) {
      MemorySegment.copy(piece, 0, target, end, piece.byteSize());
      end += piece.byteSize();
    }
    return end;
  }

  /** A blob's bytes, one piece after the other, where they lie. */
  static List<MemorySegment> pieces(ExpertWeights weights) {
    List<MemorySegment> pieces = new ArrayList<>();
    pieces.add(MemorySegment.ofBuffer(header(weights)));
    pieces.addAll(pieces(weights.gate()));
    pieces.addAll(pieces(weights.up()));
    pieces.addAll(pieces(weights.down()));
    return pieces;
  }

  /** A matrix as a whole where its rows follow each other, else its rows. */
  private static List<MemorySegment> pieces(MatrixData matrix) {
    long row = (long) matrix.cols() * matrix.dtype().bytes();
    if (matrix.rowStride() == row) {
      return List.of(matrix.data().asSlice(0, row * matrix.rows()));
    }
    return IntStream.range(0, matrix.rows())
        .mapToObj(r -> matrix.data().asSlice(r * matrix.rowStride(), row))
        .toList();
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
