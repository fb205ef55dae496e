package dev.heddle.format;

/** Lengths as people count them: in Unicode code points. */
public final class CodePoints {
  private CodePoints() {}

  public static int count(String text) {
    return text.codePointCount(0, text.length());
  }

  /** The first code points of a text, with an ellipsis where something is left out. */
  public static String brief(String text, int most) {
    return count(text) <= most ? text : text.substring(0, text.offsetByCodePoints(0, most)) + "…";
  }
}
