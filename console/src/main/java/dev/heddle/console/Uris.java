package dev.heddle.console;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.web.util.UriUtils;

/** Paths of the API from what a viewer gave: nothing of it can be read as another path. */
final class Uris {
  private final StringBuilder text;
  private char next = '?';

  private Uris(String path) {
    this.text = new StringBuilder(path);
  }

  /**
   * @param format with a {@code %s} for each name
   */
  static Uris of(String format, Object... names) {
    Object[] encoded = new Object[names.length];
    for (int i = 0; i < names.length; i++) {
      encoded[i] = encode(String.valueOf(names[i]));
    }
    return new Uris(String.format(format, encoded));
  }

  /** Adds to the query; nothing if there is no value. */
  Uris with(String name, @Nullable Object value) {
    if (value != null && !value.toString().isBlank()) {
      text.append(next).append(name).append('=').append(encode(value.toString().strip()));
      next = '&';
    }
    return this;
  }

  @Override
  public String toString() {
    return text.toString();
  }

  private static String encode(String value) {
    return UriUtils.encode(value, StandardCharsets.UTF_8);
  }
}
