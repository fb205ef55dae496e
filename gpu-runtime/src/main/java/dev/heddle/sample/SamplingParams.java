package dev.heddle.sample;

import java.util.Map;

/**
 * How tokens are drawn. Logprobs are those of the raw distribution; then come, in this order,
 * logitBias, penalties, temperature, topK, topP, minP.
 *
 * @param temperature &ge; 0; 0 is greedy
 * @param topK keep the k most likely; 0 keeps all
 * @param topP keep the smallest set whose probability reaches it, in (0, 1]
 * @param minP drop tokens less likely than minP times the most likely one, in [0, 1]
 * @param repetitionPenalty &gt; 0; divides positive and multiplies negative logits of tokens seen
 *     in prompt or output; 1 is none
 * @param presencePenalty in [-2, 2]; subtracted once from the logit of a token in the output
 * @param frequencyPenalty in [-2, 2]; subtracted for each time a token is in the output
 * @param logitBias added to the logits of these tokens, in [-100, 100]
 * @param seed the draw is a function of (seed, choice, position) alone
 * @param rules which tokens may come at all, and which end an answer
 */
public record SamplingParams(
    float temperature,
    int topK,
    float topP,
    float minP,
    float repetitionPenalty,
    float presencePenalty,
    float frequencyPenalty,
    Map<Integer, Float> logitBias,
    long seed,
    TokenRules rules) {
  public static final SamplingParams GREEDY = new SamplingParams(0, 0, 1, 0, 1, 0, 0, Map.of(), 0);

  public SamplingParams {
    logitBias = Map.copyOf(logitBias);
  }

  /** With every token allowed. */
  public SamplingParams(
      float temperature,
      int topK,
      float topP,
      float minP,
      float repetitionPenalty,
      float presencePenalty,
      float frequencyPenalty,
      Map<Integer, Float> logitBias,
      long seed) {
    this(
        temperature,
        topK,
        topP,
        minP,
        repetitionPenalty,
        presencePenalty,
        frequencyPenalty,
        logitBias,
        seed,
        TokenRules.NONE);
  }

  /** Whether a draw depends on the tokens before it, by a penalty. */
  boolean penalizes() {
    return repetitionPenalty != 1 || presencePenalty != 0 || frequencyPenalty != 0;
  }

  /** The same with another seed. */
  public SamplingParams withSeed(long seed) {
    return with(seed, rules);
  }

  /** The same with other rules. */
  public SamplingParams withRules(TokenRules rules) {
    return with(seed, rules);
  }

  private SamplingParams with(long seed, TokenRules rules) {
    return new SamplingParams(
        temperature,
        topK,
        topP,
        minP,
        repetitionPenalty,
        presencePenalty,
        frequencyPenalty,
        logitBias,
        seed,
        rules);
  }
}
