package dev.heddle.format.text;

/**
 * Decodes UTF-8 byte by byte. What is not UTF-8 becomes U+FFFD, one for each maximal ill-formed
 * part (Unicode 16, section 3.9, "substitution of maximal subparts"), as a decode of the whole
 * would give. Not thread-safe.
 */
final class Utf8Decoder {
  private static final char REPLACEMENT = '\uFFFD';

  private int needed;
  private int lower;
  private int upper;
  private int codePoint;

  /** Appends the characters that {@code bytes} complete. */
  void push(byte[] bytes, StringBuilder out) {
    for (byte b : bytes) {
      push(b & 0xFF, out);
    }
  }

  /** Appends what an unfinished character at the end becomes. */
  void flush(StringBuilder out) {
    if (needed > 0) {
      needed = 0;
      out.append(REPLACEMENT);
    }
  }

  private void push(int b, StringBuilder out) {
    if (needed > 0) {
      if (b >= lower && b <= upper) {
        follow(b, out);
        return;
      }
      needed = 0;
      out.append(REPLACEMENT);
    }
    lead(b, out);
  }

  private void follow(int b, StringBuilder out) {
    lower = 0x80;
    upper = 0xBF;
    codePoint = codePoint << 6 | (b & 0x3F);
    if (--needed == 0) {
      out.appendCodePoint(codePoint);
    }
  }

  private void lead(int b, StringBuilder out) {
    if (b < 0x80) {
      out.append((char) b);
    } else if (b >= 0xC2 && b <= 0xDF) {
      begin(1, b & 0x1F, 0x80, 0xBF);
    } else if (b >= 0xE0 && b <= 0xEF) {
      begin(2, b & 0x0F, b == 0xE0 ? 0xA0 : 0x80, b == 0xED ? 0x9F : 0xBF);
    } else if (b >= 0xF0 && b <= 0xF4) {
      begin(3, b & 0x07, b == 0xF0 ? 0x90 : 0x80, b == 0xF4 ? 0x8F : 0xBF);
    } else {
      out.append(REPLACEMENT);
    }
  }

  private void begin(int following, int bits, int from, int to) {
    needed = following;
    codePoint = bits;
    lower = from;
    upper = to;
  }
}
