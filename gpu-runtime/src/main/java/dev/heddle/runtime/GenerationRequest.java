package dev.heddle.runtime;

import dev.heddle.format.Digest;
import dev.heddle.sample.SamplingParams;
import dev.heddle.sample.TokenMask;
import org.jspecify.annotations.Nullable;

/**
 * What to generate.
 *
 * @param id names the request in logs; unique among those in flight
 * @param tenant whose fairness share and whose prefix-cache salt applies
 * @param adapter digest of the adapter that answers, null for the base model
 * @param prompt token ids, at least one; not to be changed after submission
 * @param maxTokens most tokens a choice may get, &ge; 0 (0 with promptLogprobs scores the prompt)
 * @param choices how many independent answers, &ge; 1; the prompt is computed once
 * @param ignoreEos end-of-sequence tokens do not end a choice
 * @param logprobs alternatives to report for each token of the output, 0 for the token's own only;
 *     -1 for no logprobs
 * @param promptLogprobs the same for each token of the prompt (the first has none)
 * @param collected what is collected of where the routers send the prompt's tokens. If anything is,
 *     the whole prompt is computed, none of it taken from the prefix cache, and the request runs in
 *     the background: it gives way to all others
 * @param grammar which tokens may come first, null for all; every choice moves a copy of it on
 */
@SuppressWarnings("ArrayRecordComponent") // ids reach the step thread without boxes; compared by id
public record GenerationRequest(
    String id,
    String tenant,
    @Nullable Digest adapter,
    int[] prompt,
    int maxTokens,
    int choices,
    boolean ignoreEos,
    int logprobs,
    int promptLogprobs,
    SamplingParams sampling,
    Collected collected,
    @Nullable TokenMask grammar) {
  /** What is collected of a prompt's routing. */
  public enum Collected {
    NOTHING,
    /** How often each expert was picked, and with which weights. */
    SUMS,
    /** Which experts each token was sent to. */
    TRACE
  }

  /** A request whose routing is not collected, and whose tokens no grammar restricts. */
  public GenerationRequest(
      String id,
      String tenant,
      @Nullable Digest adapter,
      int[] prompt,
      int maxTokens,
      int choices,
      boolean ignoreEos,
      int logprobs,
      int promptLogprobs,
      SamplingParams sampling) {
    this(
        id,
        tenant,
        adapter,
        prompt,
        maxTokens,
        choices,
        ignoreEos,
        logprobs,
        promptLogprobs,
        sampling,
        Collected.NOTHING,
        null);
  }

  /** The same request, restricted by a grammar. */
  public GenerationRequest withGrammar(TokenMask first) {
    return new GenerationRequest(
        id,
        tenant,
        adapter,
        prompt,
        maxTokens,
        choices,
        ignoreEos,
        logprobs,
        promptLogprobs,
        sampling,
        collected,
        first);
  }

  /** A text that the base model computes, in the background, to see where its routers send it. */
  public static GenerationRequest routing(String id, String tenant, int[] text) {
    return new GenerationRequest(
        id, tenant, null, text, 0, 1, true, -1, -1, SamplingParams.GREEDY, Collected.SUMS, null);
  }

  /** A text that an adapter computes, in the background, to see where each token is sent. */
  public static GenerationRequest trace(String id, String tenant, Digest adapter, int[] text) {
    return new GenerationRequest(
        id,
        tenant,
        adapter,
        text,
        0,
        1,
        true,
        -1,
        -1,
        SamplingParams.GREEDY,
        Collected.TRACE,
        null);
  }

  /** Whether it runs in the background, for its routing. */
  public boolean collectsRouting() {
    return collected != Collected.NOTHING;
  }
}
