package dev.heddle.format;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.NavigableMap;

/**
 * How things are named by what they contain: SHA-256 over the byte encodings stated here. Text is
 * ASCII, lines end with {@code \n}, numbers are decimal. Thread-safe.
 */
public final class Digests {
  private static final int CHUNK = 1 << 16;

  private Digests() {}

  /**
   * Names an expert: the line {@code expert DTYPE IxH IxH HxI} (the shapes of gate, up and down),
   * then the elements of gate, up and down, row by row, raw little-endian.
   */
  public static Digest expert(ExpertWeights expert) {
    MessageDigest sha = sha256();
    String shapes = shape(expert.gate()) + " " + shape(expert.up()) + " " + shape(expert.down());
    line(sha, "expert " + expert.gate().dtype() + " " + shapes);
    elements(sha, expert.gate());
    elements(sha, expert.up());
    elements(sha, expert.down());
    return Digest.of(sha.digest());
  }

  /**
   * Names an adapter: the line {@code adapter BASE}, then for every expert that differs from the
   * base's, sorted by layer and column, the line {@code LAYER COLUMN DIGEST}.
   *
   * @param experts in that order, each as {@code LAYER COLUMN DIGEST}
   */
  public static Digest adapter(Digest base, Collection<String> experts) {
    MessageDigest sha = sha256();
    line(sha, "adapter " + base);
    experts.forEach(expert -> line(sha, expert));
    return Digest.of(sha.digest());
  }

  /**
   * Names a base model: the line {@code model SHAPE}, then for every tensor, sorted by name, the
   * line {@code NAME DTYPE AxB DIGEST}, whose digest is {@link #bytes} of the tensor.
   *
   * @param shape the canonical shape as one line
   * @param tensors name to {@code DTYPE AxB DIGEST}
   */
  public static Digest model(String shape, NavigableMap<String, String> tensors) {
    MessageDigest sha = sha256();
    line(sha, "model " + shape);
    tensors.forEach((name, tensor) -> line(sha, name + " " + tensor));
    return Digest.of(sha.digest());
  }

  /** SHA-256 over raw bytes. */
  public static Digest bytes(MemorySegment data) {
    MessageDigest sha = sha256();
    bytes(sha, data, new byte[CHUNK]);
    return Digest.of(sha.digest());
  }

  /** A new SHA-256. */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static String shape(MatrixData matrix) {
    return matrix.rows() + "x" + matrix.cols();
  }

  private static void line(MessageDigest sha, String text) {
    sha.update((text + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  private static void elements(MessageDigest sha, MatrixData matrix) {
    long row = (long) matrix.cols() * matrix.dtype().bytes();
    byte[] buffer = new byte[CHUNK];
    if (row == matrix.rowStride()) {
      bytes(sha, matrix.data().asSlice(0, matrix.rows() * row), buffer);
      return;
    }
    for (int i = 0; i < matrix.rows(); i++) {
      bytes(sha, matrix.data().asSlice(i * matrix.rowStride(), row), buffer);
    }
  }

  private static void bytes(MessageDigest sha, MemorySegment data, byte[] buffer) {
    for (long at = 0; at < data.byteSize(); at += buffer.length) {
      int count = (int) Math.min(buffer.length, data.byteSize() - at);
      MemorySegment.copy(data, ValueLayout.JAVA_BYTE, at, buffer, 0, count);
      sha.update(buffer, 0, count);
    }
  }
}
