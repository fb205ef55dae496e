package dev.heddle.app.observability;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Status;

class EngineHealthIndicatorTest {
  @Test
  void liveness_goes_down_with_the_engine() {
    assertThat(new EngineHealthIndicator(() -> true).health().getStatus()).isEqualTo(Status.UP);
    assertThat(new EngineHealthIndicator(() -> false).health().getStatus()).isEqualTo(Status.DOWN);
  }
}
