package dev.heddle.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class QueueWaitTest {
  private static final long SECOND = 1_000_000_000;
  private final QueueWait wait = new QueueWait(Duration.ofSeconds(2));

  /** A tenant with so many waiting, of which one is admitted each quarter of a second. */
  private void queue(String tenant, int waiting) {
    for (int i = 0; i < waiting + 4; i++) {
      wait.joined(tenant, 0);
    }
    for (int i = 1; i <= 4; i++) {
      wait.admitted(tenant, i * SECOND / 4);
    }
  }

  @Test
  void what_would_wait_longer_than_it_may_is_refused_when_it_comes() {
    queue("acme", 8);
    assertThatCode(() -> wait.check("acme")).doesNotThrowAnyException();

    wait.joined("acme", SECOND);
    assertThatThrownBy(() -> wait.check("acme"))
        .isInstanceOfSatisfying(
            GenerationException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(GenerationException.Kind.QUEUE_FULL);
              assertThat(e.retryAfter()).isEqualTo(Duration.ofMillis(250));
            });
  }

  @Test
  void the_queue_of_one_tenant_is_not_anothers() {
    queue("acme", 100);
    assertThatCode(() -> wait.check("other")).doesNotThrowAnyException();
  }

  @Test
  void a_queue_that_has_run_empty_says_nothing_of_the_next_one() {
    queue("acme", 9);
    for (int i = 0; i < 9; i++) {
      wait.gaveUp("acme");
    }
    for (int i = 0; i < 100; i++) {
      wait.joined("acme", SECOND);
    }
    assertThatCode(() -> wait.check("acme")).doesNotThrowAnyException();
  }

  @Test
  void many_that_one_step_admits_after_a_pause_are_not_one_a_pause() {
    for (int i = 0; i < 100; i++) {
      wait.joined("acme", 0);
    }
    for (int i = 0; i < 96; i++) {
      wait.admitted("acme", 16 * SECOND);
    }
    assertThatCode(() -> wait.check("acme")).doesNotThrowAnyException();
    wait.admitted("acme", 17 * SECOND);
    assertThatCode(() -> wait.check("acme")).doesNotThrowAnyException();
  }

  @Test
  void without_a_limit_nobody_is_refused() {
    QueueWait patient = new QueueWait(Duration.ZERO);
    for (int i = 0; i < 1000; i++) {
      patient.joined("acme", 0);
    }
    patient.admitted("acme", 100 * SECOND);
    assertThatCode(() -> patient.check("acme")).doesNotThrowAnyException();
  }
}
