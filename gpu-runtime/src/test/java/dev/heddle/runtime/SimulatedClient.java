package dev.heddle.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.runtime.StepMetrics.Metric;

/** A caller who checks that it is told things in the right order, and counts steps. */
final class SimulatedClient implements GenerationListener {
  private final StepMetrics metrics;
  private final long submittedAtStep;
  Generation generation;
  boolean admitted;
  boolean finished;
  GenerationException failure;
  long stepsQueued = -1;

  SimulatedClient(StepMetrics metrics) {
    this.metrics = metrics;
    this.submittedAtStep = metrics.get(Metric.STEPS);
  }

  boolean over() {
    return finished || failure != null;
  }

  boolean cancelled() {
    return generation.cancelAsked();
  }

  @Override
  public void onAdmitted() {
    assertThat(admitted || over()).as("admitted once, before all else").isFalse();
    admitted = true;
    stepsQueued = metrics.get(Metric.STEPS) - submittedAtStep;
  }

  @Override
  public void onProgress() {
    if (!admitted || over()) { // by hand: this is called in steps whose allocations are measured
      throw new AssertionError("progress before admission or after the end");
    }
  }

  @Override
  public void onFinished() {
    assertThat(over()).as("told of the end once").isFalse();
    assertThat(admitted || cancelled()).as("ends after admission, or cancelled").isTrue();
    finished = true;
  }

  @Override
  public void onFailed(GenerationException cause) {
    assertThat(over()).as("told of the end once").isFalse();
    failure = cause;
  }
}
