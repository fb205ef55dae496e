package dev.heddle.runtime;

import dev.heddle.model.RoutingSink;
import dev.heddle.model.RoutingSums;
import dev.heddle.model.RoutingTrace;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A request on its way: handle for the caller, and the place where its tokens appear. All methods
 * may be called by any thread. Times are of {@link System#nanoTime}'s clock, durations in
 * nanoseconds, -1 while not known.
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

  /** Who needs the memory of the answers: the engine, and readers that retain it. */
  private final AtomicInteger holders = new AtomicInteger(1);

  private final Runnable refund;

  private volatile long queueNanos = UNKNOWN;
  private volatile long firstTokenNanos = UNKNOWN;
  private volatile long totalNanos = UNKNOWN;
  private volatile int cachedPromptTokens;
  private volatile boolean cancelAsked;

  /**
   * @param vocabulary more alternatives than this there cannot be
   * @param signal tells the step thread that a flag of some generation has changed
   * @param refund gives back what was charged for the memory of the answers
   * @param routing who takes the prompt's routing, null where it is not collected
   */
  Generation(
      GenerationRequest request,
      GenerationListener listener,
      int vocabulary,
      LongSupplier clock,
      Runnable signal,
      Runnable refund,
      @Nullable RoutingSink routing) {
    this.request = request;
    this.listener = listener;
    this.clock = clock;
    this.signal = signal;
    this.refund = refund;
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
   * Upper bound of the heap that a request's answers and scores take, in bytes: arrays here, in its
   * sequences and in its sampling state are sized by what it asks for.
   */
  static long heapBytes(GenerationRequest request) {
    long prompt = request.prompt().length;
    long tokens = request.maxTokens();
    // The token here and in its sequence; what penalties count, two lists and a table of up to
    // four.
    long token = 4L * Integer.BYTES + 6L * Integer.BYTES;
    return request.choices() * (tokens * (token + scoreBytes(request.logprobs())) + prompt * token)
        + prompt * scoreBytes(request.promptLogprobs())
        + request.sampling().rules().heapBytes();
  }

  private static long scoreBytes(int width) {
    return width < 0 ? 0 : Float.BYTES + (width == 0 ? 0 : Integer.BYTES + 8L * width);
  }

  /**
   * Keeps the memory of the answers charged to this request after its end, until {@link #release}:
   * for readers that may be slower than the engine.
   *
   * @return false if it has ended, and nothing is charged any more
   */
  public boolean retain() {
    int seen = holders.get();
    while (seen > 0 && !holders.compareAndSet(seen, seen + 1)) {
      seen = holders.get();
    }
    return seen > 0;
  }

  /** Ends what {@link #retain} began; called once for each. The engine calls it at the end. */
  public void release() {
    if (holders.decrementAndGet() == 0) {
      refund.run();
    }
  }

  boolean cancelAsked() {
    return cancelAsked;
  }

  GenerationListener listener() {
    return listener;
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
  }

  private long elapsed() {
    return clock.getAsLong() - submitted;
  }
}
