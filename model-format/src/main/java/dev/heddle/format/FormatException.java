package dev.heddle.format;

import java.util.List;

/** An input that cannot be used; carries every violation found, at least one. */
public final class FormatException extends RuntimeException {
  private final transient List<Violation> violations;

  public FormatException(List<Violation> violations) {
    super(Violations.line(violations));
    if (violations.isEmpty()) {
      throw new IllegalArgumentException("a FormatException names at least one violation");
    }
    this.violations = Violations.bounded(violations);
  }

  public FormatException(String code, String where, String message) {
    this(List.of(new Violation(code, where, message)));
  }

  public List<Violation> violations() {
    return violations;
  }
}
