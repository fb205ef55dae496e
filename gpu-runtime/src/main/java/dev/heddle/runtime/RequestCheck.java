package dev.heddle.runtime;

import dev.heddle.format.model.ModelShape;
import dev.heddle.sample.SamplingParams;
import dev.heddle.sample.TokenRules;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** Refuses at the door what can never be served, with everything that is wrong. */
final class RequestCheck {
  private final int vocabulary;
  private final List<Integer> eosTokens;
  private final int maxContext;
  private final int maxSequences;
  private final long kvTokens;

  /**
   * @param kvTokens tokens that fit the KV cache
   */
  RequestCheck(ModelShape shape, int maxContext, int maxSequences, long kvTokens) {
    this.vocabulary = shape.vocabulary();
    this.eosTokens = shape.eosTokens();
    this.maxContext = maxContext;
    this.maxSequences = maxSequences;
    this.kvTokens = kvTokens;
  }

  /** Most tokens of prompt and output together that any request may have. */
  int maxContext() {
    return (int) Math.min(maxContext, kvTokens);
  }

  /**
   * @throws GenerationException INVALID or CONTEXT_LENGTH
   */
  void check(GenerationRequest request) {
    List<String> faults = new ArrayList<>();
    checkPrompt(request.prompt(), faults);
    check(faults, request.maxTokens() >= 0, "max tokens must not be negative");
    check(
        faults,
        request.choices() >= 1 && request.choices() <= maxSequences,
        "choices must be 1 to " + maxSequences);
    check(faults, request.logprobs() >= -1, "logprobs must not be negative");
    check(faults, request.promptLogprobs() >= -1, "prompt logprobs must not be negative");
    checkSampling(request.sampling(), faults);
    checkRules(request.sampling().rules(), request.maxTokens(), faults);
    if (!faults.isEmpty()) {
      throw new GenerationException(GenerationException.Kind.INVALID, String.join("; ", faults));
    }
    long tokens = (long) request.prompt().length + request.maxTokens();
    if (tokens > maxContext()) {
      throw new GenerationException(
          GenerationException.Kind.CONTEXT_LENGTH,
          "a prompt of %d tokens and %d tokens of output are more than the context of %d tokens"
              .formatted(request.prompt().length, request.maxTokens(), maxContext()));
    }
  }

  private void checkPrompt(int[] prompt, List<String> faults) {
    check(faults, prompt.length > 0, "the prompt has no tokens");
    for (int token : prompt) {
      if (token < 0 || token >= vocabulary) {
        faults.add("token id " + token + " of the prompt is not in 0.." + (vocabulary - 1));
        return;
      }
    }
  }

  private void checkSampling(SamplingParams sampling, List<String> faults) {
    check(faults, within(sampling.temperature(), 0, Float.MAX_VALUE), "temperature must be >= 0");
    check(faults, sampling.topK() >= 0, "top_k must be >= 0");
    check(
        faults, within(sampling.topP(), Float.MIN_VALUE, 1), "top_p must be above 0 and at most 1");
    check(faults, within(sampling.minP(), 0, 1), "min_p must be 0 to 1");
    check(
        faults,
        within(sampling.repetitionPenalty(), Float.MIN_VALUE, Float.MAX_VALUE),
        "repetition_penalty must be above 0");
    check(faults, within(sampling.presencePenalty(), -2, 2), "presence_penalty must be -2 to 2");
    check(faults, within(sampling.frequencyPenalty(), -2, 2), "frequency_penalty must be -2 to 2");
    sampling
        .logitBias()
        .forEach((token, bias) -> {
          check(
              faults,
              token >= 0 && token < vocabulary,
              "logit_bias names token id " + token + ", not in 0.." + (vocabulary - 1));
          check(faults, within(bias, -100, 100), "logit_bias must be -100 to 100: " + bias);
        });
  }

  private void checkRules(TokenRules rules, int maxTokens, List<String> faults) {
    check(
        faults,
        rules.minTokens() >= 0 && rules.minTokens() <= maxTokens,
        "min_tokens must be 0 to max_tokens, " + maxTokens);
    check(
        faults, rules.stops().length() <= vocabulary, "stop_token_ids must be below " + vocabulary);
    BitSet allowed = rules.allowed();
    boolean known =
        (allowed == null || allowed.length() <= vocabulary)
            && rules.badWords().stream().allMatch(this::isRun);
    check(faults, known, "allowed_token_ids and bad_words must be of tokens below " + vocabulary);
    check(
        faults,
        !known || rules.leaveChoice(vocabulary, eosTokens),
        "allowed_token_ids, bad_words and min_tokens leave no token that may come at every place");
  }

  private boolean isRun(int[] tokens) {
    return tokens.length > 0
        && Arrays.stream(tokens).allMatch(token -> token >= 0 && token < vocabulary);
  }

  private static boolean within(float value, float least, float most) {
    return value >= least && value <= most; // false for NaN
  }

  private static void check(List<String> faults, boolean holds, String fault) {
    if (!holds) {
      faults.add(fault);
    }
  }
}
