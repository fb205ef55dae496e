package dev.heddle.app.upkeep;

/**
 * What one check came to.
 *
 * @param check its name, one word
 * @param message what was found
 * @param action what to do; empty where nothing is to be done
 */
record Finding(String check, Verdict verdict, String message, String action) {
  /** How it stands. */
  enum Verdict {
    OK,
    /** Works, and should be looked at. */
    WARN,
    FAIL,
    /** Could not be told. */
    SKIP
  }

  static Finding ok(String check, String message) {
    return new Finding(check, Verdict.OK, message, "");
  }

  static Finding warn(String check, String message, String action) {
    return new Finding(check, Verdict.WARN, message, action);
  }

  static Finding fail(String check, String message, String action) {
    return new Finding(check, Verdict.FAIL, message, action);
  }

  static Finding skip(String check, String message) {
    return new Finding(check, Verdict.SKIP, message, "");
  }

  boolean isFailure() {
    return verdict == Verdict.FAIL;
  }
}
