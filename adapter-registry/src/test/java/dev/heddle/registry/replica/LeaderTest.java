package dev.heddle.registry.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.heddle.registry.ConflictException;
import dev.heddle.registry.db.RegistryDatabase;
import dev.heddle.registry.testing.TestDatabase;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class LeaderTest {
  private static final Duration BEAT = Duration.ofMillis(200);

  @Test
  void one_leads_and_when_it_stops_another_does_and_the_former_s_fence_falls() {
    try (RegistryDatabase db = RegistryDatabase.open(TestDatabase.fresh());
        Leader a = leader(db, 1)) {
      AtomicInteger runs = new AtomicInteger();
      AtomicReference<Leader.Fence> fence = new AtomicReference<>(Leader.Fence.NONE);
      Leader.Task count =
          held -> {
            held.require();
            fence.set(held);
            runs.incrementAndGet();
          };
      await().until(a::leads);
      try (Leader b = leader(db, 2)) {
        a.every("count", Duration.ZERO, Duration.ofDays(1), count);
        b.every("count", Duration.ZERO, Duration.ofDays(1), count);
        await().until(() -> runs.get() == 1);
        assertThat(b.leads()).isFalse();
        Leader.Fence former = fence.get();
        former.require();
        a.close();
        await().until(b::leads);
        await().until(() -> runs.get() == 2);
        assertThatThrownBy(former::require).isInstanceOf(ConflictException.class);
        fence.get().require();
      }
    }
  }

  private static Leader leader(RegistryDatabase db, long epoch) {
    return new Leader(db, new Start(UUID.randomUUID(), epoch), BEAT);
  }
}
