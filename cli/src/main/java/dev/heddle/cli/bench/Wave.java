package dev.heddle.cli.bench;

import dev.heddle.format.Digest;
import dev.heddle.runtime.ChoiceOutput;
import dev.heddle.runtime.Generation;
import dev.heddle.runtime.GenerationRequest;
import dev.heddle.runtime.InferenceRuntime;
import dev.heddle.sample.SamplingParams;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The requests of a {@link RequestMix}, answered: what their clients saw, on average over them.
 *
 * @param firstToken milliseconds from a request to its first token (TTFT)
 * @param perToken milliseconds from token to token after it (TPOT)
 * @param gap milliseconds between tokens, the median of all
 * @param answers [request]: its tokens
 */
record Wave(double firstToken, double perToken, double gap, List<List<Integer>> answers) {
  /**
   * Sends the requests when they are due, waits for their answers.
   *
   * @param adapters digests by number; null for the base model, whoever is asked for
   * @throws dev.heddle.cli.FailedException if one could not be answered
   */
  static Wave run(
      InferenceRuntime runtime,
      RequestMix mix,
      @Nullable List<Digest> adapters,
      int answerTokens,
      String name) {
    Answers answers = new Answers(runtime);
    Gaps gaps = new Gaps();
    long start = System.nanoTime();
    for (int i = 0; i < mix.requests(); i++) {
      GenerationRequest request =
          new GenerationRequest(
              name + " " + i,
              "clients",
              adapters == null ? null : adapters.get(mix.adapters()[i]),
              mix.prompts()[i],
              answerTokens,
              1,
              true,
              -1,
              -1,
              SamplingParams.GREEDY);
      sleepUntil(start + mix.arrivals()[i]);
      answers.ask(request, gaps);
    }
    List<Generation> sent = answers.await();
    return new Wave(
        sent.stream().mapToLong(Generation::timeToFirstTokenNanos).average().orElseThrow() / 1e6,
        sent.stream().mapToLong(Generation::timePerOutputTokenNanos).average().orElseThrow() / 1e6,
        gaps.millis(0.5),
        sent.stream().map(generation -> tokens(generation.choice(0))).toList());
  }

  private static List<Integer> tokens(ChoiceOutput choice) {
    List<Integer> tokens = new ArrayList<>();
    for (int i = 0; i < choice.count(); i++) {
      tokens.add(choice.token(i));
    }
    return tokens;
  }

  private static void sleepUntil(long nanoTime) {
    for (long wait = nanoTime - System.nanoTime(); wait > 0; ) {
      LockSupport.parkNanos(wait);
      wait = nanoTime - System.nanoTime();
    }
  }
}
