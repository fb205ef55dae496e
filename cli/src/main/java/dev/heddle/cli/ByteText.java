package dev.heddle.cli;

import java.util.Locale;

/** Numbers of bytes as people read them, in decimal units: {@code 4.1 MB}. */
public final class ByteText {
  private static final String UNITS = "kMGTPE";

  private ByteText() {}

  /** Two digits or more, e.g. {@code 512 bytes}, {@code 4.1 MB}, {@code 31 GB}. */
  public static String of(long bytes) {
    if (bytes < 1000) {
      return bytes + (bytes == 1 ? " byte" : " bytes");
    }
    double value = bytes;
    int unit = -1;
    while (value >= 999.5) {
      value /= 1000;
      unit++;
    }
    return String.format(Locale.ROOT, value < 9.95 ? "%.1f" : "%.0f", value)
        + " "
        + UNITS.charAt(unit)
        + "B";
  }
}
