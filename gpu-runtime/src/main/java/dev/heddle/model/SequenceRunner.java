package dev.heddle.model;

import java.util.Arrays;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Runs one sequence alone, without a scheduler: prefill in chunks, then token by token. It takes
 * the model's KV blocks from the first on. For tools and tests; one thread.
 */
public final class SequenceRunner {
  /** Told of the logits that follow a position; the array is used again. */
  @FunctionalInterface
  public interface LogitSink {
    void row(int position, float[] logits);
  }

  private final MoeModel model;
  private final int adapterRow;
  private final int chunk;
  private final StepBatch batch;
  private final float[] logits;
  private int length;

  /**
   * A sequence without tokens.
   *
   * @param adapterRow whose experts answer, 0 for the base
   * @param chunk most tokens of one pass, at most what the limits allow
   */
  public SequenceRunner(MoeModel model, int adapterRow, int chunk) {
    this.model = model;
    this.adapterRow = adapterRow;
    this.chunk = chunk;
    this.batch = model.newBatch();
    this.logits = new float[model.shape().vocabulary()];
    int[] table = batch.blockTables[0];
    Arrays.setAll(table, i -> i);
  }

  /** What runs it. */
  public MoeModel model() {
    return model;
  }

  /** Tokens so far. */
  public int length() {
    return length;
  }

  /** Forgets its tokens: the next one appended is the first. */
  public void restart() {
    length = 0;
  }

  /**
   * Appends tokens, adding up where the routers send them; computes no logits.
   *
   * @throws IllegalArgumentException if the model does not {@linkplain MoeModel#showsRouting show}
   *     that
   */
  public void append(int[] tokens, RoutingSums routing) {
    for (int from = 0; from < tokens.length; from += chunk) {
      int count = Math.min(chunk, tokens.length - from);
      step(tokens, from, count, count, routing);
    }
  }

  /** Appends tokens and reports the logits after each of them. */
  public void append(int[] tokens, LogitSink sink) {
    for (int from = 0; from < tokens.length; from += chunk) {
      int start = length;
      int count = Math.min(chunk, tokens.length - from);
      step(tokens, from, count, 0, null);
      for (int r = 0; r < count; r++) {
        model.logits(r, logits);
        sink.row(start + r, logits);
      }
    }
  }

  /** Appends tokens, at least one; the logits after the last of them, in an array used again. */
  public float[] append(int[] tokens) {
    for (int from = 0; from < tokens.length; from += chunk) {
      int count = Math.min(chunk, tokens.length - from);
      step(tokens, from, count, count - 1, null);
    }
    model.logits(0, logits);
    return logits;
  }

  /**
   * Appends a prompt and the likeliest continuation, token by token.
   *
   * @param stop ends the answer; the token it is true for is the last
   */
  public int[] greedy(int[] prompt, int maxTokens, IntPredicate stop) {
    int[] answer = new int[maxTokens];
    int[] next = prompt;
    for (int i = 0; i < maxTokens; i++) {
      int token = best(append(next));
      answer[i] = token;
      if (stop.test(token)) {
        return Arrays.copyOf(answer, i + 1);
      }
      next = new int[] {token};
    }
    return answer;
  }

  /** Index of the largest logit, the first of equals. */
  public static int best(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      if (logits[i] > logits[best]) {
        best = i;
      }
    }
    return best;
  }

  /**
   * @param firstRow from which of the tokens on logits are wanted, {@code count} for none
   */
  private void step(
      int[] tokens, int from, int count, int firstRow, @Nullable RoutingSums routing) {
    batch.clear();
    batch.tokenCount = count;
    batch.sequenceCount = 1;
    int blockTokens = model.limits().blockTokens();
    for (int t = 0; t < count; t++) {
      int position = length + t;
      batch.tokens[t] = tokens[from + t];
      batch.positions[t] = position;
      batch.adapters[t] = adapterRow;
      batch.sequences[t] = 0;
      batch.kvSlots[t] =
          batch.blockTables[0][position / blockTokens] * blockTokens + position % blockTokens;
      batch.routing[t] = routing;
      if (t >= firstRow) {
        batch.logitTokens[batch.logitCount++] = t;
      }
    }
    model.forward(batch);
    length += count;
  }
}
