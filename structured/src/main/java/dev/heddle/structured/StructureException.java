package dev.heddle.structured;

import java.util.List;
import java.util.stream.Collectors;

/** A structure cannot be compiled; says why, every violation at once. */
public final class StructureException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient List<Violation> violations;

  StructureException(List<Violation> violations) {
    super(
        violations.stream()
            .map(v -> v.pointer().isEmpty() ? v.message() : v.pointer() + ": " + v.message())
            .collect(Collectors.joining("; ")));
    this.violations = List.copyOf(violations);
  }

  StructureException(String message) {
    this(List.of(new Violation("", message)));
  }

  /** At least one. */
  public List<Violation> violations() {
    return violations;
  }
}
