package dev.heddle.ops;

/**
 * The log-probability of one token in a row of logits, and the most likely tokens of the row. This
 * is the definition; backends give the same bits. Log-probabilities are of the raw distribution:
 * {@code logit - max - log(sum of exp(logit - max))}, exponentials as {@link Numerics#exp}, summed
 * in double by rising id. Holds the result of one row at a time and allocates nothing but its
 * exceptions; one thread.
 */
public final class Logprobs {
  private float logprob;
  private int count;
  private final int[] tokens;
  private final float[] logprobs;

  /**
   * @param maxAlternatives most alternatives that can be asked for
   */
  public Logprobs(int maxAlternatives) {
    tokens = new int[maxAlternatives];
    logprobs = new float[maxAlternatives];
  }

  /**
   * Scores a row.
   *
   * @param logits [vocabulary], negative infinity for impossible tokens; not changed
   * @param alternatives how many of the most likely tokens to find, at most what there is room for;
   *     all there are if the vocabulary is smaller
   * @throws UnusableLogitsException if a logit is NaN or infinity, or no token is possible
   */
  public void score(float[] logits, int token, int alternatives) {
    float max = Float.NEGATIVE_INFINITY;
    for (int id = 0; id < logits.length; id++) {
      if (!(logits[id] < Float.POSITIVE_INFINITY)) {
        throw UnusableLogitsException.of(id, logits[id]);
      }
      max = Math.max(max, logits[id]);
    }
    if (max == Float.NEGATIVE_INFINITY) {
      throw UnusableLogitsException.noToken();
    }
    double sum = 0;
    for (float logit : logits) {
      sum += Numerics.exp(logit - max);
    }
    begin();
    int first = Math.min(alternatives, logits.length);
    for (int id = 0; id < logits.length && first > 0; id++) {
      if (id < first || logits[id] > least()) {
        insert(id, logits[id], first);
      }
    }
    finish(logits[token], max, sum);
  }

  // ---- for backends that find maximum, sum and alternatives in their own way

  /** Begins a row. */
  public void begin() {
    count = 0;
  }

  /** The least logit among the best so far, which one that belongs to them exceeds. */
  public float least() {
    return logprobs[count - 1];
  }

  /**
   * Adds a token to the best {@code limit}, in rising order of ids, so that ties stay. The first
   * {@code limit} tokens are all added, of the others those above {@link #least}.
   */
  public void insert(int id, float logit, int limit) {
    int place = count < limit ? count++ : count - 1;
    for (; place > 0 && logit > logprobs[place - 1]; place--) {
      tokens[place] = tokens[place - 1];
      logprobs[place] = logprobs[place - 1];
    }
    tokens[place] = id;
    logprobs[place] = logit;
  }

  /**
   * Ends a row: logits become log-probabilities.
   *
   * @param max the largest logit, finite
   * @param sum of {@code exp(logit - max)}
   */
  public void finish(float logit, float max, double sum) {
    double logSum = StrictMath.log(sum);
    logprob = logprob(logit, max, logSum);
    for (int i = 0; i < count; i++) {
      logprobs[i] = logprob(logprobs[i], max, logSum);
    }
  }

  private static float logprob(float logit, float max, double logSum) {
    return (float) ((double) logit - max - logSum);
  }

  // ---- the result

  /** Natural log of the token's probability; negative infinity for 0. */
  public float logprob() {
    return logprob;
  }

  /** How many alternatives there are. */
  public int alternatives() {
    return count;
  }

  /** Ids of the most likely tokens, in falling order, ties by lower id; {@link #alternatives}. */
  public int[] alternativeTokens() {
    return tokens;
  }

  /** Their log-probabilities. */
  public float[] alternativeLogprobs() {
    return logprobs;
  }
}
