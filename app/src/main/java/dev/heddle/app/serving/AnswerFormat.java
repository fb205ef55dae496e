package dev.heddle.app.serving;

import dev.heddle.app.error.ApiException;
import java.util.List;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * How an answer looks at one door: in one piece, and as the frames of server-sent events. One for
 * each answer, used by one thread at a time, in the order in which the answer comes.
 */
abstract sealed class AnswerFormat permits OpenAiFormat, BlocksFormat {
  static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  final Answer answer;

  AnswerFormat(Answer answer) {
    this.answer = answer;
  }

  final Answer answer() {
    return answer;
  }

  /** Upper bound of the heap that a token's logprob, or an alternative's, takes as JSON. */
  abstract int logprobBytes();

  /** Whether the answer shows the prompt. */
  boolean echoes() {
    return false;
  }

  /** Whether a stream keeps all that it has told, to tell it again at its end. */
  boolean repeats() {
    return false;
  }

  /** Frames sent at admission, before any token. */
  abstract List<String> opening();

  /** Frames that tell a delta. */
  abstract List<String> told(Delta delta);

  /** Frames after the last delta of any choice. */
  abstract List<String> ending();

  /** The frame that tells of a failure after the admission, instead of {@link #ending}. */
  abstract String failure(ApiException error);

  /** The answer in one piece, from one delta for each choice. */
  abstract ObjectNode whole(List<Delta> deltas);
}
