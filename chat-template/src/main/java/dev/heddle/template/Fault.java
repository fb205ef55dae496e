package dev.heddle.template;

/** A failure on its way to becoming a {@link TemplateException}, which knows the line. */
final class Fault extends RuntimeException {
  private final boolean raised;

  Fault(String message) {
    this(message, false);
  }

  Fault(String message, boolean raised) {
    super(message, null, false, false);
    this.raised = raised;
  }

  boolean raised() {
    return raised;
  }

  String text() {
    return String.valueOf(getMessage());
  }
}
