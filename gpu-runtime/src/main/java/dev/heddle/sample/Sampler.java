package dev.heddle.sample;

import dev.heddle.ops.RowMath;
import dev.heddle.ops.UnusableLogitsException;
import java.util.Arrays;

/**
 * Draws a token from a row of logits. The token is a function of the row and the {@link
 * SamplingState} alone, to the bit: neither batch nor history of this object matter. Allocates
 * nothing but its exceptions; one thread at a time.
 *
 * <p>In this order: logit bias, repetition penalty (as in CTRL, arXiv 1909.05858: tokens of prompt
 * and output), frequency and presence penalty (tokens of the output), a grammar's mask, the
 * request's own rules, temperature, top-k, top-p of what top-k left, min-p; then a draw from what
 * is left. Ties go to the lower id throughout.
 */
public final class Sampler {
  private final int vocabulary;
  private final RowMath math;
  private final float[] adjusted;
  private final Candidates candidates;

  /**
   * @param math goes over rows
   */
  public Sampler(int vocabulary, RowMath math) {
    this.vocabulary = vocabulary;
    this.math = math;
    adjusted = new float[vocabulary];
    candidates = new Candidates(vocabulary, math);
  }

  /**
   * Draws the token of one position.
   *
   * @param logits [vocabulary], negative infinity for impossible tokens; not changed
   * @param position of the token drawn, counted from the prompt's first token
   * @throws UnusableLogitsException if a logit is NaN or infinity, or no token is possible
   * @throws DeadEndException if a grammar leaves none of the tokens that are possible
   */
  public int sample(float[] logits, SamplingState state, int position) {
    float best = math.max(logits, vocabulary);
    if (!(best < Float.POSITIVE_INFINITY)) {
      throw unusable(logits);
    }
    float[] row = logits;
    if (state.adjusts()) {
      row = adjust(logits, state);
      best = math.max(row, vocabulary);
    }
    if (best == Float.NEGATIVE_INFINITY) {
      throw state.mask == null ? UnusableLogitsException.noToken() : new DeadEndException();
    }
    SamplingParams params = state.params;
    if (params.temperature() == 0) {
      return first(row, best);
    }
    candidates.load(row, vocabulary);
    if (params.topK() > 0) {
      candidates.keepTop(params.topK());
    }
    candidates.weigh(best, params.temperature());
    candidates.keepMass(params.topP());
    candidates.keepHeavy(params.minP());
    return candidates.draw(Philox.uniform(params.seed(), state.choice, position));
  }

  private static UnusableLogitsException unusable(float[] logits) {
    int token = 0;
    while (logits[token] < Float.POSITIVE_INFINITY) {
      token++;
    }
    return UnusableLogitsException.of(token, logits[token]);
  }

  /** The lowest id with this logit, which some token has. */
  private static int first(float[] row, float logit) {
    int token = 0;
    while (row[token] != logit) {
      token++;
    }
    return token;
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
    if (state.guard != null) {
      state.guard.forbid(adjusted, vocabulary);
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
    int run = 0; // tokens before here that are not forbidden yet, all of them to be
    for (int first = 0; first < vocabulary; first += 64) {
      int word = first >> 6;
      long forbidden = word < allowed.length ? ~allowed[word] : -1L;
      if (forbidden == -1L) {
        continue;
      }
      Arrays.fill(adjusted, run, first, Float.NEGATIVE_INFINITY);
      run = Math.min(first + 64, vocabulary);
      for (; forbidden != 0; forbidden &= forbidden - 1) {
        int token = first + Long.numberOfTrailingZeros(forbidden);
        if (token < vocabulary) {
          adjusted[token] = Float.NEGATIVE_INFINITY;
        }
      }
    }
    Arrays.fill(adjusted, run, vocabulary, Float.NEGATIVE_INFINITY);
  }

  /** A huge logit that a penalty below 1 multiplies stays finite. */
  private void set(int token, float logit) {
    adjusted[token] = Math.min(logit, Float.MAX_VALUE);
  }
}
