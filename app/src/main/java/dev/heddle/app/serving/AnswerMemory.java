package dev.heddle.app.serving;

import dev.heddle.runtime.GenerationRequest;

/**
 * How much heap an answer may take on its way to the client. An answer in one piece is held whole,
 * as JSON with all its logprobs; a stream is written as it comes, but for an echoed prompt.
 */
final class AnswerMemory {
  /** A token's text as characters, as JSON and as bytes, and its id. */
  private static final int TOKEN_BYTES = 64;

  /** A token of {@code prompt_logprobs} as JSON: an object of three fields. */
  private static final int PROMPT_LOGPROB_BYTES = 480;

  private AnswerMemory() {}

  /** An upper bound, in bytes. */
  static long bytes(AnswerFormat format) {
    Options options = format.answer().options();
    long logprobs = options.logprobs() < 0 ? 0 : 1L + options.logprobs();
    long token = TOKEN_BYTES + logprobs * format.logprobBytes();
    long told = options.tokenIds() ? TOKEN_BYTES : 0;
    if (options.promptLogprobs() >= 0) {
      told += (1L + options.promptLogprobs()) * PROMPT_LOGPROB_BYTES;
    }
    long bytes = 0;
    for (Answer.Prompt prompt : format.answer().prompts()) {
      GenerationRequest request = prompt.request();
      long shown = format.echoes() ? token + told : told;
      long made = options.stream() && !format.repeats() ? 0 : request.maxTokens() * token;
      bytes += request.choices() * (request.prompt().length * shown + made);
    }
    return bytes;
  }
}
