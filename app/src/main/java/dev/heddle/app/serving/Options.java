package dev.heddle.app.serving;

import dev.heddle.sample.SamplingParams;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What both endpoints' requests have in common.
 *
 * @param model as the client wrote it
 * @param user whom the client asks for, null where it does not say
 * @param maxTokens null for the configured default
 * @param choices answers for each prompt
 * @param stops texts that end an answer
 * @param includeStop whether a stop text, or a stop token's, appears in the answer it ends
 * @param badWords texts that an answer does not have; not yet among the rules of {@code sampling}
 * @param stream answer as server-sent events
 * @param includeUsage a last chunk with the usage
 * @param logprobs alternatives for each token, 0 for the token's own logprob only, -1 for none
 * @param ignoreEos extension: end-of-sequence tokens do not end an answer
 * @param tokenIds extension: report the token ids of prompt and answer
 * @param promptLogprobs extension: as {@code logprobs}, for each token of the prompt
 * @param truncatePrompt extension: most tokens of a prompt, whose first ones are left out; -1 for
 *     as many as leave room for the answer, null for a refusal of what does not fit
 * @param form what every answer looks like, null for any text
 */
record Options(
    String model,
    @Nullable String user,
    @Nullable Integer maxTokens,
    SamplingParams sampling,
    int choices,
    List<String> stops,
    boolean includeStop,
    List<String> badWords,
    boolean stream,
    boolean includeUsage,
    int logprobs,
    boolean ignoreEos,
    boolean tokenIds,
    int promptLogprobs,
    @Nullable Integer truncatePrompt,
    @Nullable Form form) {
  Options {
    stops = List.copyOf(stops);
    badWords = List.copyOf(badWords);
  }

  /** Those of one answer that shows nothing but what it says. */
  static Options plain(
      String model,
      @Nullable String user,
      @Nullable Integer maxTokens,
      SamplingParams sampling,
      List<String> stops,
      boolean stream) {
    return new Options(
        model, user, maxTokens, sampling, 1, stops, false, List.of(), stream, false, -1, false,
        false, -1, null, null);
  }

  /** The same whose answers look like this. */
  Options withForm(@Nullable Form other) {
    return new Options(
        model,
        user,
        maxTokens,
        sampling,
        choices,
        stops,
        includeStop,
        badWords,
        stream,
        includeUsage,
        logprobs,
        ignoreEos,
        tokenIds,
        promptLogprobs,
        truncatePrompt,
        other);
  }

  /** The same with another way to draw tokens. */
  Options withSampling(SamplingParams other) {
    return new Options(
        model,
        user,
        maxTokens,
        other,
        choices,
        stops,
        includeStop,
        badWords,
        stream,
        includeUsage,
        logprobs,
        ignoreEos,
        tokenIds,
        promptLogprobs,
        truncatePrompt,
        form);
  }
}
