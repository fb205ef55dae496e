package dev.heddle.console;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Numbers with their units, as pages show them. */
public final class Format {
  private static final String[] BYTES = {"B", "KiB", "MiB", "GiB", "TiB"};
  private static final String NONE = "\u2013";

  /** {@code 12.5 MiB}. */
  public String bytes(@Nullable Number bytes) {
    if (bytes == null) {
      return NONE;
    }
    double value = bytes.doubleValue();
    int unit = 0;
    while (value >= 1024 && unit < BYTES.length - 1) {
      value /= 1024;
      unit++;
    }
    String number = unit == 0 || value >= 100 ? "%.0f" : "%.1f";
    return String.format(Locale.ROOT, number, value) + " " + BYTES[unit];
  }

  /** {@code 12,345}. */
  public String count(@Nullable Number number) {
    return number == null ? NONE : String.format(Locale.ROOT, "%,d", number.longValue());
  }

  /** A limit: a number, or that there is none. */
  public String limit(@Nullable Number number) {
    return number == null ? "no limit" : count(number);
  }

  /** {@code 45 ms}, {@code 12 s}, {@code 3 min}, {@code 2 h}. */
  public String seconds(double seconds) {
    if (seconds < 1) {
      return String.format(Locale.ROOT, "%.0f ms", seconds * 1000);
    }
    if (seconds < 60) {
      return String.format(Locale.ROOT, "%.0f s", seconds);
    }
    return seconds < 5400
        ? String.format(Locale.ROOT, "%.0f min", seconds / 60)
        : String.format(Locale.ROOT, "%.1f h", seconds / 3600);
  }

  /** {@code 42 %}. */
  public String percent(double part, double whole) {
    return whole <= 0 ? NONE : String.format(Locale.ROOT, "%.0f %%", 100 * part / whole);
  }

  /** {@code , 3.4 times as much}; nothing where the one it is compared with is 0. */
  public String times(double part, double whole) {
    return whole <= 0 ? "" : String.format(Locale.ROOT, ", %.1f times as much", part / whole);
  }

  /** The first characters of a digest. */
  public String shortDigest(@Nullable String digest) {
    return digest == null ? NONE : digest.substring(0, Math.min(digest.length(), 19));
  }

  /** {@code team=search, stage=beta}. */
  public String labels(Map<String, String> labels) {
    return labels.entrySet().stream()
        .map(label -> label.getKey() + "=" + label.getValue())
        .collect(Collectors.joining(", "));
  }

  /** What a key is worth now: {@code active}, {@code expired} or {@code revoked}. */
  public String keyState(@Nullable Instant expiresAt, @Nullable Instant revokedAt) {
    if (revokedAt != null) {
      return "revoked";
    }
    boolean over = expiresAt != null && !Instant.now().isBefore(expiresAt);
    return over ? "expired" : "active";
  }

  /** To the second, in UTC; a script shows it in the viewer's zone. */
  public String time(@Nullable Instant at) {
    return at == null ? NONE : at.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
