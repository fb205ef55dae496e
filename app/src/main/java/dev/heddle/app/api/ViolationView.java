package dev.heddle.app.api;

import dev.heddle.format.Violation;
import java.util.List;

/** One thing that is wrong with an input; {@code where} is a file, a tensor or a field's path. */
public record ViolationView(String code, String where, String message) {
  public static List<ViolationView> of(List<Violation> violations) {
    return violations.stream()
        .map(v -> new ViolationView(v.code(), v.where(), v.message()))
        .toList();
  }
}
