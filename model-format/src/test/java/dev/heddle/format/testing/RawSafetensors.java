package dev.heddle.format.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Safetensors files made by hand, right or wrong. */
public final class RawSafetensors {
  private RawSafetensors() {}

  /** A header of the stated length, then data of zeros. */
  public static byte[] bytes(long headerLength, String header, int data) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + json.length + data)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(headerLength)
        .put(json)
        .array();
  }

  /** Writes a file whose header's length is right. */
  public static Path write(Path file, String header, int data) {
    try {
      int length = header.getBytes(StandardCharsets.UTF_8).length;
      return Files.write(file, bytes(length, header, data));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
