package dev.heddle.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.runtime.GenerationException.Kind;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class InboxTest {
  private static void refuses(Inbox inbox, long bytes, Kind kind) {
    assertThatThrownBy(() -> inbox.charge(bytes))
        .isInstanceOfSatisfying(
            GenerationException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }

  @Test
  void answers_share_a_bound_of_heap() {
    Inbox inbox = new Inbox(10, 1, 100);
    inbox.charge(60);

    refuses(inbox, 41, Kind.QUEUE_FULL);
    refuses(inbox, 101, Kind.INVALID);
    assertThat(inbox.held()).isEqualTo(60);

    inbox.refund(60);
    inbox.charge(100);
  }

  @Test
  void a_full_queue_refuses_before_memory_is_charged() {
    Inbox inbox = new Inbox(1, 1, 100);
    inbox.submit(() -> {});

    refuses(inbox, 1, Kind.QUEUE_FULL);
    assertThat(inbox.held()).isZero();
  }

  @Test
  void memory_of_an_answer_is_held_until_the_engine_and_its_slowest_reader_are_done() {
    AtomicLong held = new AtomicLong();
    GenerationRequest request = new RequestBuilder(new int[] {1}).maxTokens(1000).build();
    AnswerHeap heap = new AnswerHeap(request, 0, bytes -> held.addAndGet(-bytes));
    held.set(heap.charge());
    Generation generation =
        new Generation(request, new BlockingClient(), 10, () -> 0, () -> {}, heap, null);

    assertThat(generation.retain()).isTrue();
    generation.ended();
    assertThat(held.get())
        .as("without what the answer did not become")
        .isBetween(1L, heap.charge());
    generation.release(); // the engine's end
    assertThat(held.get()).isEqualTo(heap.charge());
    generation.release(); // the reader's
    assertThat(held).hasValue(0);
    assertThat(generation.retain()).isFalse();
  }
}
