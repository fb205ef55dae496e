package dev.heddle.app.start;

import dev.heddle.format.Violation;
import java.io.PrintStream;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringBootExceptionReporter;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Tells why the platform does not start: one paragraph on stderr, with every fault that was found.
 * The stack trace is for {@code --debug}, or for this class's log level.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
public final class StartReporter implements SpringBootExceptionReporter {
  private static final Logger log = LoggerFactory.getLogger(StartReporter.class);
  private static final int LINE_MAX = 600;
  private static final int PARAGRAPH_MAX = 1500;
  private static final String FOOTER =
      "docs/operations.md, \"When it does not start\", says more; --debug shows the stack trace.";

  private final @Nullable ConfigurableEnvironment environment;

  /** Called by Spring Boot, whose context may not have been made yet. */
  public StartReporter(@Nullable ConfigurableApplicationContext context) {
    this.environment = context == null ? null : context.getEnvironment();
  }

  @Override
  public boolean reportException(Throwable failure) {
    report(failure, "Heddle does not start:", System.err);
    return true;
  }

  /** Prints the paragraph under a heading. */
  public void report(Throwable failure, String heading, PrintStream out) {
    out.println(heading);
    int room = PARAGRAPH_MAX;
    List<String> lines = FailureText.lines(failure);
    for (int i = 0; i < lines.size(); i++) {
      String line = Secrets.hide(lines.get(i).strip(), secrets());
      line = Violation.printable(line.replaceAll("\\s*\\R\\s*", " "), LINE_MAX);
      room -= line.length() + 3;
      if (room < 0) {
        out.println("  and " + (lines.size() - i) + " things more");
        break;
      }
      out.println("  " + line);
    }
    out.println(FOOTER);
    if (isDebugging()) {
      failure.printStackTrace(out);
    }
  }

  private List<String> secrets() {
    if (environment == null) {
      return List.of();
    }
    GivenSettings given = new GivenSettings(environment);
    return Setting.all().stream()
        .filter(Setting::isSecret)
        .map(given::value)
        .filter(Objects::nonNull)
        .toList();
  }

  private boolean isDebugging() {
    return log.isDebugEnabled() || (environment != null && environment.containsProperty("debug"));
  }
}
