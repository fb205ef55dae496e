package dev.heddle.app.config;

import dev.heddle.runtime.StartException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** An engine that cannot start as configured is told in a sentence, as other wrong settings are. */
final class StartFailureAnalyzer extends AbstractFailureAnalyzer<StartException> {
  @Override
  protected FailureAnalysis analyze(Throwable failure, StartException cause) {
    return new FailureAnalysis(
        "The engine cannot start: " + cause.getMessage(),
        "Change the settings (heddle.engine.backend, heddle.memory) or what they ask for;"
            + " docs/operations.md and docs/accelerators.md explain them.",
        cause);
  }
}
