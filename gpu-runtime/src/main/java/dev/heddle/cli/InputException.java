package dev.heddle.cli;

import java.util.List;

/** What a command was given cannot be used; one line for each thing wrong. */
final class InputException extends RuntimeException {
  private final transient List<String> lines;

  InputException(List<String> lines) {
    super(String.join("; ", lines));
    this.lines = List.copyOf(lines);
  }

  InputException(String line) {
    this(List.of(line));
  }

  List<String> lines() {
    return lines;
  }
}
