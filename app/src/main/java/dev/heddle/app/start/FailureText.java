package dev.heddle.app.start;

import dev.heddle.format.FormatException;
import dev.heddle.format.Violation;
import dev.heddle.registry.RegistryException;
import dev.heddle.runtime.StartException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.web.server.PortInUseException;

/** What a failure to start comes down to, in lines for people. */
final class FailureText {
  private static final int LINE_MAX = 600;

  private FailureText() {}

  /**
   * Looks from the outside in, and takes the first cause that Heddle has words for: what lies
   * around it is the framework's.
   */
  static List<String> lines(Throwable failure) {
    List<Throwable> causes = new ArrayList<>();
    for (Throwable cause = failure; cause != null && causes.size() < 50; cause = cause.getCause()) {
      causes.add(cause);
    }
    for (Throwable cause : causes) {
      List<String> lines = known(cause);
      if (!lines.isEmpty()) {
        return lines;
      }
    }
    Throwable root = causes.getLast();
    if (root instanceof IOException io) {
      return List.of(FileFaults.text(io));
    }
    return List.of(
        "unexpected failure: "
            + Violation.printable(
                root.getClass().getSimpleName() + " " + root.getMessage(), LINE_MAX));
  }

  private static List<String> known(Throwable cause) {
    return switch (cause) {
      case StartRefusedException refused -> refused.faults();
      case StartException start -> List.of("The engine cannot start: " + start.getMessage());
      case FormatException format ->
          format.violations().stream().map(v -> v.where() + ": " + v.message()).toList();
      case PortInUseException port ->
          List.of("HEDDLE_PORT: " + port.getPort() + " is taken by another program");
      case RegistryException registry -> List.of(withCause(registry));
      case UncheckedIOException io when isOurs(io) -> List.of(withCause(io));
      case IllegalStateException state when isOurs(state) ->
          List.of(String.valueOf(state.getMessage()));
      case IllegalArgumentException argument when isOurs(argument) ->
          List.of(String.valueOf(argument.getMessage()));
      case OutOfMemoryError memory ->
          List.of("HEDDLE_HEAP: the Java heap is too small: " + memory.getMessage());
      default -> List.of();
    };
  }

  /** The message, and what went wrong with a file, unless it says so itself. */
  private static String withCause(RuntimeException failure) {
    String message = String.valueOf(failure.getMessage());
    if (!(failure.getCause() instanceof IOException io)) {
      return message;
    }
    return message.contains(String.valueOf(io.getMessage()))
        ? message
        : message + ": " + FileFaults.text(io);
  }

  /** Whether Heddle's own code has made the failure up, whose message is for people then. */
  private static boolean isOurs(Throwable failure) {
    StackTraceElement[] trace = failure.getStackTrace();
    return trace.length > 0 && trace[0].getClassName().startsWith("dev.heddle.");
  }
}
