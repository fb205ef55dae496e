package dev.heddle.registry.upload;

import dev.heddle.format.CodePoints;
import dev.heddle.format.Violations;
import dev.heddle.format.adapter.AdapterFileNames;
import dev.heddle.registry.InvalidException;
import java.util.List;

/** Refuses names that no part of an adapter has, see {@link AdapterFileNames}. */
final class FileName {
  private static final int LENGTH_MAX = AdapterFileNames.LENGTH_MAX;

  private FileName() {}

  /**
   * Refuses a name, with every reason there is.
   *
   * @throws InvalidException if it is the name of no part
   */
  static void require(String name) {
    Violations violations = new Violations();
    String shown = printable(name);
    if (name.isEmpty() || CodePoints.count(name) > LENGTH_MAX) {
      violations.add("file-name-length", shown, "a name has 1 to " + LENGTH_MAX + " characters");
    }
    if (name.chars().anyMatch(Character::isISOControl)) {
      violations.add("file-name-control", shown, "a name has no control characters");
    }
    if (name.startsWith("/") || name.matches("[A-Za-z]:.*")) {
      violations.add("file-name-absolute", shown, "a name is not an absolute path");
    }
    if (List.of(name.split("[/\\\\]", -1)).contains("..")) {
      violations.add("file-name-parent", shown, "a name does not lead out of its folder");
    }
    if (name.contains("/") || name.contains("\\")) {
      violations.add("file-name-nested", shown, "an adapter's files lie in one folder");
    }
    if (violations.isEmpty() && !AdapterFileNames.isPart(name)) {
      violations.add(AdapterFileNames.unknown(shown));
    }
    InvalidException.throwIfAny(violations.list());
  }

  private static String printable(String name) {
    return CodePoints.brief(name, LENGTH_MAX).replaceAll("\\p{Cntrl}", "?");
  }
}
