package dev.heddle.runtime;

import dev.heddle.sample.SamplingState;
import dev.heddle.schedule.Chunks;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;

/**
 * What a request is charged for the heap of its answers. At the door it is charged for all that the
 * answers can become, so that none ends early for lack of memory. When the engine is done, what the
 * answers did not become is given back; the rest, when the last reader is done too. Any thread.
 */
final class AnswerHeap {
  /** Objects and tables of one choice that do not grow with its tokens, generously. */
  private static final int CHOICE_BYTES = 2048;

  /** Headers of chunks and references to them, and the table of KV blocks, a token. */
  private static final int OVERHEAD_BYTES = 4;

  private final GenerationRequest request;
  private final LongConsumer refund;

  /** Who needs the memory: the engine, and readers that retain it. */
  private final AtomicInteger holders = new AtomicInteger(1);

  /** What does not depend on how long the answers become, in bytes. */
  private final long fixed;

  /** In bytes. The step thread lowers it before it releases its hold, nobody else writes. */
  private long charge;

  /**
   * @param other bytes of heap that the request takes beside answers and scores
   * @param refund gives bytes back
   */
  AnswerHeap(GenerationRequest request, long other, LongConsumer refund) {
    this.request = request;
    this.refund = refund;
    long prompt = request.prompt().length;
    this.fixed =
        other
            + prompt * (Integer.BYTES + TokenScores.placeBytes(request.promptLogprobs()))
            + prompt * OVERHEAD_BYTES
            + request.sampling().rules().heapBytes()
            + request.choices()
                * (CHOICE_BYTES + (prompt + request.maxTokens()) * (long) OVERHEAD_BYTES);
    long tokens = (long) request.choices() * request.maxTokens();
    long sequences = tokens * Integer.BYTES;
    long sampling =
        request.choices()
            * SamplingState.heapBytes(request.sampling(), prompt + request.maxTokens());
    this.charge = fixed + tokens * tokenBytes() + sequences + sampling;
  }

  /** Heap of one token of an answer, with its scores. */
  private long tokenBytes() {
    return Integer.BYTES + TokenScores.placeBytes(request.logprobs());
  }

  /** What the request is to be charged at the door, in bytes: an upper bound. */
  long charge() {
    return charge;
  }

  /**
   * Step thread: the engine is done, nothing grows any more.
   *
   * @param tokens of all choices
   */
  void ended(long tokens) {
    long places = tokens + (long) request.choices() * Chunks.SIZE; // the last chunks are not full
    long unused = charge - fixed - places * tokenBytes();
    if (unused > 0) {
      charge -= unused;
      refund.accept(unused);
    }
  }

  /** As {@link Generation#retain}. */
  boolean retain() {
    int seen = holders.get();
    while (seen > 0 && !holders.compareAndSet(seen, seen + 1)) {
      seen = holders.get();
    }
    return seen > 0;
  }

  /** As {@link Generation#release}. */
  void release() {
    if (holders.decrementAndGet() == 0) {
      refund.accept(charge);
    }
  }
}
