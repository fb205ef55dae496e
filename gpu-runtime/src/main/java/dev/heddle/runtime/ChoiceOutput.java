package dev.heddle.runtime;

import dev.heddle.schedule.Chunks;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One answer as it grows, in chunks. The step thread writes, any thread may read: a token and its
 * scores are written before {@link #count} includes them, and stay as they are. A reader that wants
 * to see a choice to its end asks {@link #finish} before it asks {@link #count}.
 */
public final class ChoiceOutput {
  private final Chunks<int[]> tokens;
  private final TokenScores scores;
  private final Runnable signal;
  private volatile int count;
  private volatile @Nullable FinishReason finish;
  private volatile boolean stopAsked;

  ChoiceOutput(int capacity, int logprobs, Runnable signal) {
    this.tokens = new Chunks<>(capacity, int[]::new);
    this.scores = new TokenScores(capacity, logprobs);
    this.signal = signal;
  }

  /** Tokens so far, an end-of-sequence token included; 0 to the request's maxTokens. */
  public int count() {
    return count;
  }

  /** Vocabulary id of the token at {@code index} &lt; count. */
  public int token(int index) {
    Objects.checkIndex(index, count);
    return tokens.get(index)[Chunks.offset(index)];
  }

  /**
   * Natural log of the token's probability in the raw distribution.
   *
   * @throws IllegalStateException if the request asked for no logprobs
   */
  public float logprob(int index) {
    return scores.logprob(Objects.checkIndex(index, count));
  }

  /** How many alternatives are known for the token, most likely first; 0 if none were asked for. */
  public int alternatives(int index) {
    return scores.alternatives(Objects.checkIndex(index, count));
  }

  public int alternativeToken(int index, int rank) {
    return scores.alternativeToken(Objects.checkIndex(index, count), rank);
  }

  public float alternativeLogprob(int index, int rank) {
    return scores.alternativeLogprob(Objects.checkIndex(index, count), rank);
  }

  /** Why the choice ended, null while it runs. After STOP by a token, that one is the last. */
  public @Nullable FinishReason finish() {
    return finish;
  }

  /**
   * Ends this choice with STOP, as when the caller has found a stop string. Takes effect before the
   * next step; tokens that came meanwhile are the caller's to drop. Nothing happens to a choice
   * that has ended. Any thread.
   */
  public void stop() {
    stopAsked = true;
    signal.run();
  }

  boolean stopAsked() {
    return stopAsked;
  }

  TokenScores scores() {
    return scores;
  }

  /** Step thread: publishes one more token, whose scores have been set. */
  void append(int token) {
    int index = count;
    tokens.reserve(index)[Chunks.offset(index)] = token;
    count = index + 1;
  }

  /** Step thread: nothing follows. */
  void finish(FinishReason reason) {
    finish = reason;
  }
}
