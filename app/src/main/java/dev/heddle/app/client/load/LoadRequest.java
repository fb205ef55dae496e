package dev.heddle.app.client.load;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * One request of a load.
 *
 * @param at seconds from the start when it is to be sent
 * @param maxTokens that its answer may have
 */
record LoadRequest(double at, String model, String prompt, int maxTokens) {
  private static final List<String> WORDS =
      List.of(
          "the",
          "old",
          "dog",
          "follows",
          "a",
          "quiet",
          "cat",
          "through",
          "our",
          "kitchen",
          "and",
          "turns",
          "on",
          "every",
          "light",
          "before",
          "it",
          "sleeps",
          "near",
          "green",
          "door",
          "who",
          "asked",
          "for",
          "seven",
          "red",
          "apples",
          "yesterday",
          "in",
          "small",
          "town",
          "by",
          "sea");

  /** What to send, all of it decided by the seed. */
  static List<LoadRequest> of(LoadPlan plan) {
    RandomGenerator random = new SplittableRandom(plan.seed());
    Shares shares = new Shares(plan.models().size(), plan.alpha());
    double[] at = plan.pace().seconds(plan.requests(), random);
    List<LoadRequest> requests = new ArrayList<>();
    for (double when : at) {
      String model = plan.models().get(shares.draw(random));
      String prompt = prompt(plan.promptWords().draw(random), random);
      requests.add(new LoadRequest(when, model, prompt, plan.answerTokens().draw(random)));
    }
    return requests;
  }

  private static String prompt(int words, RandomGenerator random) {
    StringBuilder prompt = new StringBuilder();
    for (int i = 0; i < words; i++) {
      prompt.append(i == 0 ? "" : " ").append(WORDS.get(random.nextInt(WORDS.size())));
    }
    return prompt.toString();
  }
}
