package dev.heddle.app.start;

import java.util.List;

/** Keeps what nobody else may see out of what is printed. */
final class Secrets {
  private static final String HIDDEN = "(hidden)";

  /** Shorter ones stand in ordinary words too, and nobody has such a secret. */
  private static final int LENGTH_LEAST = 4;

  private Secrets() {}

  /** A URL without what may be secret in it: the user's part, and the values of its query. */
  static String hideInUrl(String text) {
    return text.replaceAll("://[^/@\\s]*@", "://" + HIDDEN + "@")
        .replaceAll(
            "(?i)([?&][^=&\\s]*(?:password|secret|key|token)[^=&\\s]*=)[^&\\s]*", "$1" + HIDDEN);
  }

  /** Replaces every occurrence of the secrets, and hides what URLs in the text may hold. */
  static String hide(String text, List<String> secrets) {
    String clean = text;
    for (String secret : secrets) {
      if (secret.length() >= LENGTH_LEAST) {
        clean = clean.replace(secret, HIDDEN);
      }
    }
    return hideInUrl(clean);
  }
}
