package dev.heddle.sample;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one choice of one request is sampled: its parameters in a form that needs no objects, and
 * what penalties have to remember. Made at admission, owned by the step thread.
 */
public final class SamplingState {
  final SamplingParams params;
  final int choice;
  final @Nullable TokenMask mask;
  final int[] biasTokens;
  final float[] biases;

  /** Null if no penalty needs it. */
  final @Nullable TokenCounts counts;

  /** Null if every token may come. */
  final @Nullable TokenGuard guard;

  private SamplingState(
      SamplingParams params,
      int choice,
      @Nullable TokenMask mask,
      int[] biasTokens,
      float[] biases,
      @Nullable TokenCounts counts,
      @Nullable TokenGuard guard) {
    this.params = params;
    this.choice = choice;
    this.mask = mask;
    this.biasTokens = biasTokens;
    this.biases = biases;
    this.counts = counts;
    this.guard = guard;
  }

  /**
   * The state of choice 0 before its first token.
   *
   * @param params in the ranges they state
   * @param prompt token ids
   * @param eosTokens what ends an answer of the model
   */
  public static SamplingState of(SamplingParams params, int[] prompt, List<Integer> eosTokens) {
    int[] tokens = params.logitBias().keySet().stream().mapToInt(t -> t).sorted().toArray();
    float[] biases = new float[tokens.length];
    for (int i = 0; i < tokens.length; i++) {
      biases[i] = params.logitBias().getOrDefault(tokens[i], 0f);
    }
    TokenCounts counts = null;
    if (params.penalizes()) {
      counts = new TokenCounts();
      counts.addPrompt(prompt);
    }
    TokenGuard guard =
        params.rules().equals(TokenRules.NONE) ? null : new TokenGuard(params.rules(), eosTokens);
    return new SamplingState(params, 0, null, tokens, biases, counts, guard);
  }

  /** Most heap that the state of a choice takes, in bytes, when it has met so many tokens. */
  public static long heapBytes(SamplingParams params, long tokens) {
    return params.penalizes() ? TokenCounts.heapBytes(tokens) : 0;
  }

  /** Another choice of the same request, with the tokens met so far. */
  public SamplingState forChoice(int other) {
    TokenCounts copy = counts == null ? null : counts.copy();
    TokenGuard guarded = guard == null ? null : guard.copy();
    TokenMask masked = mask == null ? null : mask.copy();
    return new SamplingState(params, other, masked, biasTokens, biases, copy, guarded);
  }

  /** The same choice with tokens forbidden by a grammar. */
  public SamplingState with(TokenMask grammar) {
    return new SamplingState(params, choice, grammar, biasTokens, biases, counts, guard);
  }

  /** Notes a token of the output. */
  public void accept(int token) {
    if (counts != null) {
      counts.addOutput(token);
    }
    if (guard != null) {
      guard.accept(token);
    }
    if (mask != null) {
      mask.accept(token);
    }
  }

  /** The token that a grammar dictates next, -1 if it is to be drawn. */
  public int forced() {
    return mask == null || guard != null ? -1 : mask.forced();
  }

  /** Whether a grammar lets nothing follow. */
  public boolean ended() {
    return mask != null && mask.ended();
  }

  /** Whether the token ends the answer by the rules of the request. */
  public boolean stops(int token) {
    return guard != null && guard.stops(token);
  }

  /** Whether logits are changed before the draw. */
  boolean adjusts() {
    return biasTokens.length > 0
        || counts != null
        || mask != null
        || (guard != null && guard.forbids());
  }
}
