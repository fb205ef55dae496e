package dev.heddle.sample;

import dev.heddle.ops.Numerics;

/**
 * From a row of logits to a token. The token is a function of the row and the {@link SamplingState}
 * alone, to the bit: neither batch nor history of this object matter. Allocates nothing but its
 * exceptions; one thread at a time.
 *
 * <p>In this order: a grammar's mask, logit bias, repetition penalty (as in CTRL, arXiv 1909.05858:
 * tokens of prompt and output), frequency and presence penalty (tokens of the output), temperature,
 * top-k, top-p of what top-k left, min-p; then a draw from what is left. Ties go to the lower id
 * throughout.
 */
public final class Sampler {
  private final int vocabulary;
  private final float[] adjusted;
  private final Candidates candidates;

  public Sampler(int vocabulary) {
    this.vocabulary = vocabulary;
    adjusted = new float[vocabulary];
    candidates = new Candidates(vocabulary);
  }

  /**
   * Draws the token of one position.
   *
   * @param logits [vocabulary], negative infinity for impossible tokens; not changed
   * @param position of the token drawn, counted from the prompt's first token
   * @throws UnusableLogitsException if a logit is NaN or infinity, or no token is possible
   */
  public int sample(float[] logits, SamplingState state, int position) {
    requireUsable(logits);
    float[] row = state.adjusts() ? adjust(logits, state) : logits;
    int best = argmax(row);
    SamplingParams params = state.params;
    if (params.temperature() == 0) {
      return best;
    }
    candidates.load(row, vocabulary);
    if (params.topK() > 0) {
      candidates.keepTop(params.topK());
    }
    candidates.weigh(row[best], params.temperature());
    candidates.keepMass(params.topP());
    candidates.keepHeavy(params.minP());
    return candidates.draw(Philox.uniform(params.seed(), state.choice, position));
  }

  /**
   * Log-probabilities in the raw distribution, before any adjustment: {@code logit - max - log(sum
   * of exp(logit - max))}, exponentials as {@link Numerics#exp}, summed in double by rising id.
   *
   * @param alternatives how many of the most likely tokens to report, at most what {@code out} has
   *     room for; all there are if the vocabulary is smaller
   * @throws UnusableLogitsException if a logit is NaN or infinity, or no token is possible
   */
  public void score(float[] logits, int token, int alternatives, TokenLogprobs out) {
    requireUsable(logits);
    float max = logits[argmax(logits)];
    double sum = 0;
    for (int i = 0; i < vocabulary; i++) {
      sum += Numerics.exp(logits[i] - max);
    }
    double logSum = StrictMath.log(sum);
    findBest(logits, alternatives, out);
    out.logprob = logprob(logits[token], max, logSum);
    for (int i = 0; i < out.count; i++) {
      out.logprobs[i] = logprob(logits[out.tokens[i]], max, logSum);
    }
  }

  private static float logprob(float logit, float max, double logSum) {
    return (float) ((double) logit - max - logSum);
  }

  /** Insertion into a short sorted list; most tokens fail the first comparison. */
  private void findBest(float[] logits, int limit, TokenLogprobs out) {
    int count = 0;
    for (int token = 0; token < vocabulary && limit > 0; token++) {
      float logit = logits[token];
      if (count == limit && !(logit > logits[out.tokens[count - 1]])) {
        continue;
      }
      int place = count < limit ? count++ : count - 1;
      for (; place > 0 && logit > logits[out.tokens[place - 1]]; place--) {
        out.tokens[place] = out.tokens[place - 1];
      }
      out.tokens[place] = token;
    }
    out.count = count;
  }

  private void requireUsable(float[] logits) {
    for (int token = 0; token < vocabulary; token++) {
      if (!(logits[token] < Float.POSITIVE_INFINITY)) {
        throw new UnusableLogitsException("the logit of token " + token + " is " + logits[token]);
      }
    }
  }

  private int argmax(float[] row) {
    int best = 0;
    for (int token = 1; token < vocabulary; token++) {
      if (row[token] > row[best]) {
        best = token;
      }
    }
    if (row[best] == Float.NEGATIVE_INFINITY) {
      throw new UnusableLogitsException("every token is excluded");
    }
    return best;
  }

  // ---- what happens to logits before the draw

  private float[] adjust(float[] logits, SamplingState state) {
    System.arraycopy(logits, 0, adjusted, 0, vocabulary);
    for (int i = 0; i < state.biasTokens.length; i++) {
      set(state.biasTokens[i], adjusted[state.biasTokens[i]] + state.biases[i]);
    }
    if (state.counts != null) {
      penalise(state.params, state.counts);
    }
    if (state.mask != null) {
      forbid(state.mask.allowed());
    }
    return adjusted;
  }

  private void penalise(SamplingParams params, TokenCounts counts) {
    float repetition = params.repetitionPenalty();
    for (int i = 0; i < counts.distinct(); i++) {
      int token = counts.token(i);
      float logit = adjusted[token];
      logit = logit > 0 ? logit / repetition : logit * repetition;
      int outputs = counts.outputs(i);
      if (outputs > 0) {
        logit -= params.frequencyPenalty() * outputs + params.presencePenalty();
      }
      set(token, logit);
    }
  }

  private void forbid(long[] allowed) {
    for (int token = 0; token < vocabulary; token++) {
      int word = token >> 6;
      if (word >= allowed.length || ((allowed[word] >>> token) & 1) == 0) {
        adjusted[token] = Float.NEGATIVE_INFINITY;
      }
    }
  }

  /** A huge logit that a penalty below 1 multiplies stays finite. */
  private void set(int token, float logit) {
    adjusted[token] = Math.min(logit, Float.MAX_VALUE);
  }
}
