package dev.heddle.app.client.load;

import java.util.List;

/**
 * How one request went. Times are in seconds since it was to be sent, so that a client that falls
 * behind does not make a server look fast.
 *
 * @param model that was asked
 * @param outcome {@code ok}, a status such as {@code 429}, or what else went wrong
 * @param chunks when each part of the answer's text came; none if there was no text
 * @param whole when it ended
 * @param promptTokens as the server counts them
 * @param answerTokens as the server counts them
 */
record Timed(
    String model,
    String outcome,
    List<Double> chunks,
    double whole,
    int promptTokens,
    int answerTokens) {
  static final String OK = "ok";

  boolean isOk() {
    return outcome.equals(OK) && !chunks.isEmpty();
  }

  /** Time to first token. */
  double ttft() {
    return chunks.getFirst();
  }

  /** Mean time between tokens after the first; 0 for an answer of one. */
  double tpot() {
    return answerTokens < 2 ? 0 : (chunks.getLast() - chunks.getFirst()) / (answerTokens - 1);
  }
}
