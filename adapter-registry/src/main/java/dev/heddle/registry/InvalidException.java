package dev.heddle.registry;

import dev.heddle.format.Violation;
import dev.heddle.format.Violations;
import java.util.List;

/** An argument is invalid. Carries every violation. */
public final class InvalidException extends RegistryException {
  private final transient List<Violation> violations;

  public InvalidException(List<Violation> violations) {
    super("invalid", Violations.line(violations));
    this.violations = Violations.bounded(violations);
  }

  public InvalidException(String code, String where, String message) {
    this(List.of(new Violation(code, where, message)));
  }

  public List<Violation> violations() {
    return violations;
  }

  /** Throws if there is anything in {@code violations}. */
  public static void throwIfAny(List<Violation> violations) {
    if (!violations.isEmpty()) {
      throw new InvalidException(violations);
    }
  }
}
