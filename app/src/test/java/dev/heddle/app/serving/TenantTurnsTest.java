package dev.heddle.app.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class TenantTurnsTest {
  private static final UUID MANY = UUID.randomUUID();
  private static final UUID ONE = UUID.randomUUID();

  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch go = new CountDownLatch(1);

  private void hold() {
    begun.countDown();
    try {
      go.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void a_tenant_with_one_prompt_does_not_wait_for_all_of_anothers() throws Exception {
    List<String> done = new CopyOnWriteArrayList<>();
    CountDownLatch all = new CountDownLatch(4);
    try (TenantTurns turns = new TenantTurns("turns", 1, 10)) {
      turns.execute(MANY, this::hold);
      begun.await();
      for (String piece : List.of("many 1", "many 2", "many 3")) {
        turns.execute(
            MANY,
            () -> {
              done.add(piece);
              all.countDown();
            });
      }
      turns.execute(
          ONE,
          () -> {
            done.add("one");
            all.countDown();
          });
      go.countDown();
      all.await();
    }

    assertThat(done).containsExactly("many 1", "one", "many 2", "many 3");
  }

  @Test
  void what_waits_is_bounded() throws Exception {
    try (TenantTurns turns = new TenantTurns("turns", 1, 1)) {
      turns.execute(MANY, this::hold);
      begun.await();
      turns.execute(MANY, () -> {});

      assertThatThrownBy(() -> turns.execute(ONE, () -> {}))
          .isInstanceOf(RejectedExecutionException.class);
      go.countDown();
    }
  }
}
