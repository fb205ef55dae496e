package dev.heddle.structured;

import java.util.List;

/** A regular expression, parsed. */
sealed interface Regex {
  record Characters(CodePoints set) implements Regex {}

  record Concat(List<Regex> parts) implements Regex {}

  record Either(List<Regex> options) implements Regex {}

  /** {@code max} is -1 for no bound. */
  record Repeat(Regex part, int min, int max) implements Regex {}

  /** {@code ^} */
  record Start() implements Regex {}

  /** {@code $} */
  record End() implements Regex {}
}
