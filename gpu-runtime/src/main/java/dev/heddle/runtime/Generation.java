package dev.heddle.runtime;

import dev.heddle.model.RoutingSink;
import dev.heddle.model.RoutingSums;
import dev.heddle.model.RoutingTrace;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A submitted request: the caller's handle, and the outputs of its choices. All methods may be
 * called by any thread. Times are of {@link System#nanoTime}'s clock, durations in nanoseconds, -1
 * while not known.
 */
public final class Generation {
  private static final long UNKNOWN = -1;

  private final GenerationRequest request;
  private final GenerationListener listener;
  private final LongSupplier clock;
  private final Runnable signal;
  private final ChoiceOutput[] choices;
  private final PromptScores promptScores;
  private final @Nullable RoutingSink routing;
  private final long submitted;

  private final AnswerHeap heap;

  private volatile long queueNanos = UNKNOWN;
  private volatile long loadNanos = UNKNOWN;
  private volatile long firstTokenNanos = UNKNOWN;
  private volatile long totalNanos = UNKNOWN;
  private volatile int cachedPromptTokens;
  private volatile boolean cancelAsked;

  /**
   * @param vocabulary more alternatives than this there cannot be
   * @param signal tells the step thread that a flag of some generation has changed
   * @param heap what was charged for the memory of the answers
   * @param routing who takes the prompt's routing, null where it is not collected
   */
  Generation(
      GenerationRequest request,
      GenerationListener listener,
      int vocabulary,
      LongSupplier clock,
      Runnable signal,
      AnswerHeap heap,
      @Nullable RoutingSink routing) {
    this.request = request;
    this.listener = listener;
    this.clock = clock;
    this.signal = signal;
    this.heap = heap;
    this.routing = routing;
    int width = Math.min(request.logprobs(), vocabulary);
    this.choices = new ChoiceOutput[request.choices()];
    for (int i = 0; i < choices.length; i++) {
      choices[i] = new ChoiceOutput(request.maxTokens(), width, signal);
    }
    this.promptScores =
        new PromptScores(request.prompt().length, Math.min(request.promptLogprobs(), vocabulary));
    this.submitted = clock.getAsLong();
  }

  public GenerationRequest request() {
    return request;
  }

  /** Ends every choice with CANCELLED before the next step; what they hold is freed at once. */
  public void cancel() {
    cancelAsked = true;
    signal.run();
  }

  /** How many answers were asked for. */
  public int choices() {
    return choices.length;
  }

  public ChoiceOutput choice(int index) {
    return choices[index];
  }

  /** Scores of the prompt's tokens; empty unless the request asked for them. */
  public PromptScores promptScores() {
    return promptScores;
  }

  /**
   * Where the routers sent the prompt's tokens, in sums, to be read after the end; null unless the
   * request asked for it.
   */
  public @Nullable RoutingSums routing() {
    return routing instanceof RoutingSums sums ? sums : null;
  }

  /** As {@link #routing}, token by token. */
  public @Nullable RoutingTrace trace() {
    return routing instanceof RoutingTrace trace ? trace : null;
  }

  @Nullable RoutingSink routingSink() {
    return routing;
  }

  /** Tokens of the prompt whose KV was found in the prefix cache; known once admitted. */
  public int cachedPromptTokens() {
    return cachedPromptTokens;
  }

  /** From submission to admission. */
  public long queueNanos() {
    return queueNanos;
  }

  /** From submission until its adapter, which had to be loaded first, was there; -1 if it was. */
  public long loadNanos() {
    return loadNanos;
  }

  /** From submission to the first token of any choice. */
  public long timeToFirstTokenNanos() {
    return firstTokenNanos;
  }

  /** From submission to the end, however it ended. */
  public long totalNanos() {
    return totalNanos;
  }

  /** Mean time between tokens after the first one, of the longest choice; known at the end. */
  public long timePerOutputTokenNanos() {
    int longest = 0;
    for (ChoiceOutput choice : choices) {
      longest = Math.max(longest, choice.count());
    }
    long total = totalNanos;
    return total < 0 || longest < 2 ? UNKNOWN : (total - firstTokenNanos) / (longest - 1);
  }

  /**
   * Keeps the memory of the answers charged to this request after its end, until {@link #release}:
   * for readers that may be slower than the engine.
   *
   * @return false if it has ended, and nothing is charged any more
   */
  public boolean retain() {
    return heap.retain();
  }

  /** Ends what {@link #retain} began; called once for each. The engine calls it at the end. */
  public void release() {
    heap.release();
  }

  boolean cancelAsked() {
    return cancelAsked;
  }

  GenerationListener listener() {
    return listener;
  }

  /** Step thread: the adapter that it waited for is there. */
  void loaded() {
    loadNanos = elapsed();
  }

  /** Step thread: the request has its blocks and its adapter. */
  void admitted(int cachedTokens) {
    cachedPromptTokens = cachedTokens;
    queueNanos = elapsed();
  }

  /** Step thread: a choice has a token. */
  void tokenCame() {
    if (firstTokenNanos < 0) {
      firstTokenNanos = elapsed();
    }
  }

  /** Step thread: nothing follows. */
  void ended() {
    totalNanos = elapsed();
    long tokens = 0;
    for (ChoiceOutput choice : choices) {
      tokens += choice.count();
    }
    heap.ended(tokens);
  }

  private long elapsed() {
    return clock.getAsLong() - submitted;
  }
}
