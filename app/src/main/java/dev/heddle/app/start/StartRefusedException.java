package dev.heddle.app.start;

import java.util.List;

/** The platform cannot start as it is set up; one line for each thing that is wrong. */
final class StartRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient List<String> faults;

  StartRefusedException(List<String> faults) {
    super(String.join("; ", faults));
    this.faults = List.copyOf(faults);
  }

  List<String> faults() {
    return faults;
  }
}
