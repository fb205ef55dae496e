package dev.heddle.cli;

import java.util.List;

/** A command could not do what it was asked to, though it understood; one line for each reason. */
public final class FailedException extends RuntimeException {
  private final transient List<String> lines;

  public FailedException(List<String> lines) {
    super(String.join("; ", lines));
    this.lines = List.copyOf(lines);
  }

  List<String> lines() {
    return lines;
  }
}
