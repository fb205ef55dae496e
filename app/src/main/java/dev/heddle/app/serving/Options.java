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
 * @param stops texts that end an answer and do not appear in it
 * @param stream answer as server-sent events
 * @param includeUsage a last chunk with the usage
 * @param logprobs alternatives for each token, 0 for the token's own logprob only, -1 for none
 * @param ignoreEos extension: end-of-sequence tokens do not end an answer
 * @param tokenIds extension: report the answer's token ids
 */
record Options(
    String model,
    @Nullable String user,
    @Nullable Integer maxTokens,
    SamplingParams sampling,
    int choices,
    List<String> stops,
    boolean stream,
    boolean includeUsage,
    int logprobs,
    boolean ignoreEos,
    boolean tokenIds) {
  Options {
    stops = List.copyOf(stops);
  }
}
