package dev.heddle.runtime;

import dev.heddle.format.Digest;
import dev.heddle.sample.SamplingParams;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Requests of all kinds, whose prompts begin like others' and which mostly fit. */
final class RandomRequests {
  private static final int TENANTS = 2;

  private final Random random;
  private final int vocabulary;
  private final int maxContext;
  private final int maxChoices;
  private final List<Digest> adapters;
  private int count;

  RandomRequests(
      Random random, int vocabulary, int maxContext, int maxChoices, List<Digest> adapters) {
    this.random = random;
    this.vocabulary = vocabulary;
    this.maxContext = maxContext;
    this.maxChoices = maxChoices;
    this.adapters = adapters;
  }

  GenerationRequest next() {
    boolean odd = random.nextInt(40) == 0; // one that the door may refuse
    int choices = random.nextInt(4) == 0 ? 1 + random.nextInt(maxChoices) : 1;
    int most = Math.min(maxContext - 1, random.nextInt(6) == 0 ? 80 : 30);
    int length = 1 + random.nextInt(most);
    int maxTokens =
        Math.min(random.nextInt(12) == 0 ? 0 : 1 + random.nextInt(30), maxContext - length);
    if (random.nextInt(12) == 0) {
      return GenerationRequest.routing(
          "r" + count++, "tenant" + random.nextInt(TENANTS), prompt(length));
    }
    GenerationRequest request =
        new GenerationRequest(
            "r" + count++,
            "tenant" + random.nextInt(TENANTS),
            random.nextInt(3) == 0 ? null : adapters.get(random.nextInt(adapters.size())),
            prompt(odd ? maxContext : length),
            maxTokens,
            odd ? choices + random.nextInt(3) : choices,
            random.nextBoolean(),
            random.nextInt(3) - 1,
            random.nextInt(6) == 0 ? random.nextInt(3) : -1,
            sampling());
    return random.nextInt(3) == 0
        ? request.withGrammar(new DictatingMask(vocabulary, random.nextInt(1000), true))
        : request;
  }

  private int[] prompt(int length) {
    int family = random.nextInt(2);
    int same = random.nextInt(40);
    int[] prompt = new int[length];
    for (int i = 0; i < length; i++) {
      prompt[i] = i < same ? (family * 31 + i * 7) % vocabulary : random.nextInt(vocabulary);
    }
    if (random.nextInt(3) == 0) {
      prompt[0] = random.nextInt(8); // blocks like others', after one that is not
    }
    return prompt;
  }

  private SamplingParams sampling() {
    return random.nextInt(4) == 0
        ? SamplingParams.GREEDY
        : new SamplingParams(1, 0, 1, 0, 1, 0, 0.5f, Map.of(), random.nextLong());
  }
}
