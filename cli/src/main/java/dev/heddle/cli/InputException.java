package dev.heddle.cli;

import java.util.List;

/** What a command was given cannot be used; one line for each thing wrong. */
public final class InputException extends RuntimeException {
  private final transient List<String> lines;

  public InputException(List<String> lines) {
    super(String.join("; ", lines));
    this.lines = List.copyOf(lines);
  }

  public InputException(String line) {
    this(List.of(line));
  }

  List<String> lines() {
    return lines;
  }
}
