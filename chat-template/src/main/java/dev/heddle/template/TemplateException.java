package dev.heddle.template;

/**
 * A template that is not well-formed, that failed on its input, that raised an exception of its own
 * ({@code raise_exception}), or that reached a limit. The message says what, {@link #line} where.
 */
public final class TemplateException extends RuntimeException {
  private final int line;
  private final boolean raised;

  TemplateException(String message, int line, boolean raised) {
    super(message);
    this.line = line;
    this.raised = raised;
  }

  /** The line of the template, from 1. */
  public int line() {
    return line;
  }

  /** Whether the template called {@code raise_exception}; the message is then its argument. */
  public boolean raised() {
    return raised;
  }

  /** Where and what: {@code line 3: ...}. */
  public String described() {
    return "line " + line + ": " + getMessage();
  }
}
