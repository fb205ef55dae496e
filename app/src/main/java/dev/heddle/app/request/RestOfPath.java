package dev.heddle.app.request;

/** What a pattern such as {@code /files/{*path}} leaves of a request's path. */
public final class RestOfPath {
  private RestOfPath() {}

  /**
   * The rest without the slash before it; empty where nothing follows.
   *
   * @param variable the variable's value: empty, or all from its slash on
   */
  public static String of(String variable) {
    return variable.startsWith("/") ? variable.substring(1) : variable;
  }
}
