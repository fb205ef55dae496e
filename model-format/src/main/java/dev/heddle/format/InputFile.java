package dev.heddle.format;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Small files, read whole, never more of them than was asked for. */
public final class InputFile {
  private InputFile() {}

  /**
   * A file's bytes.
   *
   * @param maxBytes the most bytes that are read
   * @throws FormatException {@code missing-file}, {@code unreadable-file} or {@code file-too-large}
   */
  public static byte[] bytes(Path file, int maxBytes) {
    String name = String.valueOf(file.getFileName());
    if (Files.notExists(file)) {
      throw new FormatException("missing-file", name, "there is no such file");
    }
    if (!Files.isRegularFile(file)) {
      throw new FormatException("unreadable-file", name, "this is not a file");
    }
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(maxBytes + 1);
    } catch (IOException e) {
      throw new FormatException("unreadable-file", name, "it cannot be read: " + e.getMessage());
    }
    if (bytes.length > maxBytes) {
      throw new FormatException(
          "file-too-large", name, "it has more than the " + maxBytes + " bytes allowed");
    }
    return bytes;
  }

  /** The refusal of a file that has nothing in it. */
  public static FormatException empty(String name) {
    return new FormatException("empty-file", name, "the file is empty");
  }

  /**
   * A file's text.
   *
   * @throws FormatException as {@link #bytes} and {@link #utf8}
   */
  public static String text(Path file, int maxBytes) {
    return utf8(bytes(file, maxBytes), String.valueOf(file.getFileName()));
  }

  /**
   * Bytes as text.
   *
   * @param where what to call them in a violation
   * @throws FormatException {@code bad-utf8}
   */
  public static String utf8(byte[] bytes, String where) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new FormatException("bad-utf8", where, "this is not valid UTF-8");
    }
  }
}
