package dev.heddle.app.quota;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A tenant's limits as OpenAI's clients read them; none where there is no limit. */
public final class QuotaHeaders {
  /** Names the limit that refused a request. */
  public static final String LIMIT = "x-heddle-limit";

  private QuotaHeaders() {}

  /** {@code x-ratelimit-*} by name. */
  public static Map<String, String> of(Consumption consumption) {
    Map<String, String> headers = new LinkedHashMap<>();
    add(headers, "requests", consumption.requests());
    add(headers, "tokens", consumption.tokens());
    return headers;
  }

  private static void add(
      Map<String, String> headers, String what, Consumption.@Nullable Rate rate) {
    if (rate != null) {
      headers.put("x-ratelimit-limit-" + what, Long.toString(rate.limit()));
      headers.put("x-ratelimit-remaining-" + what, Long.toString(rate.remaining()));
      headers.put("x-ratelimit-reset-" + what, text(rate.reset()));
    }
  }

  /** {@code 6ms}, {@code 12s}, {@code 1m30s}: rounded up. */
  static String text(Duration duration) {
    long millis = Math.ceilDiv(duration.toNanos(), 1_000_000L);
    if (millis < 1000) {
      return millis + "ms";
    }
    long seconds = Math.ceilDiv(millis, 1000L);
    long hours = seconds / 3600;
    long minutes = seconds / 60 % 60;
    return (hours > 0 ? hours + "h" : "")
        + (seconds >= 60 ? minutes + "m" : "")
        + seconds % 60
        + "s";
  }
}
