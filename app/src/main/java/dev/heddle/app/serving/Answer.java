package dev.heddle.app.serving;

import dev.heddle.runtime.ChoiceOutput;
import dev.heddle.runtime.Generation;
import dev.heddle.runtime.GenerationRequest;
import dev.heddle.runtime.PromptScores;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * One request's answer as it comes to be. Generations and readers are set before the first event of
 * the answer's stream; whoever ends the answer, on any thread, sees those that are there.
 */
final class Answer {
  /**
   * One prompt, ready for the engine.
   *
   * @param text what {@code echo} shows
   */
  record Prompt(GenerationRequest request, String text) {}

  private final AnswerHead head;
  private final List<Prompt> prompts;
  private final AtomicReferenceArray<@Nullable Generation> generations;
  private final AtomicReferenceArray<@Nullable ChoiceReader> readers;
  private final long startedNanos = System.nanoTime();
  private volatile boolean begun;

  Answer(AnswerHead head, List<Prompt> prompts) {
    this.head = head;
    this.prompts = List.copyOf(prompts);
    this.generations = new AtomicReferenceArray<>(prompts.size());
    this.readers = new AtomicReferenceArray<>(prompts.size() * head.options().choices());
  }

  AnswerHead head() {
    return head;
  }

  Options options() {
    return head.options();
  }

  List<Prompt> prompts() {
    return prompts;
  }

  /** When the answer was begun, by {@link System#nanoTime}. */
  long startedNanos() {
    return startedNanos;
  }

  /** The engine has admitted every prompt, and the subscriber is told so. */
  void begin() {
    begun = true;
  }

  /** Whether {@link #begin} was called: before that a failure is a refusal. */
  boolean begun() {
    return begun;
  }

  /** Choices over all prompts. */
  int choices() {
    return readers.length();
  }

  /** The prompt that a choice answers. */
  Prompt promptOf(int choice) {
    return prompts.get(choice / options().choices());
  }

  ChoiceOutput output(int choice) {
    return generationOf(choice).choice(choice % options().choices());
  }

  PromptScores promptScores(int choice) {
    return generationOf(choice).promptScores();
  }

  private Generation generationOf(int choice) {
    return Objects.requireNonNull(generations.get(choice / options().choices()));
  }

  /** Null while the engine has not taken the prompt. */
  @Nullable Generation generation(int prompt) {
    return generations.get(prompt);
  }

  ChoiceReader reader(int choice) {
    return Objects.requireNonNull(readers.get(choice));
  }

  /** The engine has taken the prompt. */
  void submitted(int prompt, Generation generation) {
    int n = options().choices();
    for (int i = 0; i < n; i++) {
      int choice = prompt * n + i;
      readers.set(choice, new ChoiceReader(choice, generation.choice(i), head));
    }
    generations.set(prompt, generation);
  }

  /** Tokens so far; a prompt counts from its admission on. */
  Usage usage() {
    int prompt = 0;
    int cached = 0;
    int completion = 0;
    for (int i = 0; i < generations.length(); i++) {
      Generation generation = generations.get(i);
      if (generation != null && generation.queueNanos() >= 0) {
        prompt += prompts.get(i).request().prompt().length;
        cached += generation.cachedPromptTokens();
      }
    }
    for (int i = 0; i < readers.length(); i++) {
      ChoiceReader reader = readers.get(i);
      completion += reader == null ? 0 : reader.tokens();
    }
    return new Usage(prompt, cached, completion);
  }
}
