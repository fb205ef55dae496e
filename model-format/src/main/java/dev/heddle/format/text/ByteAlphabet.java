package dev.heddle.format.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The alphabet of byte-level BPE: each byte is written as a printable character (GPT-2's table).
 * Bytes that print stand for themselves, the others for U+0100 and up, in rising order.
 */
final class ByteAlphabet {
  private static final short[] BYTES = bytesByChar();

  private ByteAlphabet() {}

  /**
   * The bytes that a token stands for. A token with a character outside the alphabet (an added
   * token) stands for its own UTF-8.
   */
  static byte[] bytes(String token) {
    byte[] bytes = new byte[token.length()];
    for (int i = 0; i < bytes.length; i++) {
      char c = token.charAt(i);
      if (c >= BYTES.length || BYTES[c] < 0) {
        return token.getBytes(StandardCharsets.UTF_8);
      }
      bytes[i] = (byte) BYTES[c];
    }
    return bytes;
  }

  private static short[] bytesByChar() {
    short[] bytes = new short[512];
    Arrays.fill(bytes, (short) -1);
    int next = 256;
    for (int b = 0; b < 256; b++) {
      boolean prints = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
      bytes[prints ? b : next++] = (short) b;
    }
    return bytes;
  }
}
