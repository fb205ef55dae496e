package dev.heddle.format.testing;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.heddle.format.FormatException;
import dev.heddle.format.Violation;
import java.util.List;

/** What a reader refuses its input for. */
public final class Refusals {
  private Refusals() {}

  /** The violations that this throws, as {@code code at where: message}. */
  public static List<String> of(Runnable reading) {
    FormatException refusal = catchThrowableOfType(FormatException.class, reading::run);
    if (refusal == null) {
      throw new AssertionError("nothing was refused");
    }
    return refusal.violations().stream().map(Violation::toString).toList();
  }

  /** The codes of the violations that this throws. */
  public static List<String> codes(Runnable reading) {
    return of(reading).stream().map(v -> v.substring(0, v.indexOf(' '))).toList();
  }
}
