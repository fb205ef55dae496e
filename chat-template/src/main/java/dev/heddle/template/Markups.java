package dev.heddle.template;

import dev.heddle.template.Values.Markup;

/** Escaping for HTML, which the filters {@code safe} and {@code escape} bring into play. */
final class Markups {
  private Markups() {}

  /** The value as escaped HTML: markup as it is, other text escaped. */
  static String escaped(Object value) {
    return value instanceof Markup markup
        ? markup.text()
        : escape(String.valueOf(Values.text(value)));
  }

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace(">", "&gt;")
        .replace("<", "&lt;")
        .replace("'", "&#39;")
        .replace("\"", "&#34;");
  }
}
