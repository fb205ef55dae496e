package dev.heddle.app.serving;

import dev.heddle.app.speech.SpeechSyntax;
import dev.heddle.app.tracing.RequestTrace;
import dev.heddle.format.text.Tokenizer;
import dev.heddle.registry.access.Principal;
import dev.heddle.registry.access.Scope;
import dev.heddle.registry.snapshot.ResolvedModel;
import dev.heddle.runtime.GenerationRequest;
import dev.heddle.sample.SamplingParams;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Answers of the base model, whose tokens a test decides; the tokenizer is the demo model's. */
final class ScriptedAnswer {
  static final UUID TENANT = new UUID(0, 7);
  static final Tokenizer TOKENIZER =
      Tokenizer.open(Path.of(System.getProperty("heddle.repo"), "demo/base"));

  static final Structures STRUCTURES = new Structures(TOKENIZER, List.of());

  private ScriptedAnswer() {}

  /** An answer to so many prompts of three tokens, with choices of at most eight. */
  static Answer of(int prompts, int choices, boolean stream, String... stops) {
    return of(prompts, choices, stream, 8, SpeechSyntax.PLAIN, stops);
  }

  /** An answer to one prompt, of at most 512 tokens, in which something is looked for. */
  static Answer speaking(SpeechSyntax speech, boolean stream) {
    return of(1, 1, stream, 512, speech);
  }

  private static Answer of(
      int prompts,
      int choices,
      boolean stream,
      int maxTokens,
      SpeechSyntax speech,
      String... stops) {
    Options options =
        new Options(
            "base",
            null,
            maxTokens,
            SamplingParams.GREEDY,
            choices,
            List.of(stops),
            false,
            List.of(),
            stream,
            false,
            -1,
            false,
            false,
            -1,
            null,
            null);
    Principal caller =
        new Principal(TENANT, "acme", new UUID(0, 8), "key", null, Set.of(Scope.INFERENCE));
    ResolvedModel base =
        new ResolvedModel("base", "heddle", Instant.EPOCH, new UUID(0, 9), null, "base");
    AnswerHead head =
        new AnswerHead(
            "id", new RequestTrace("request"), 0, caller, base, options, TOKENIZER, false, speech);
    List<Answer.Prompt> all = new ArrayList<>();
    for (int i = 0; i < prompts; i++) {
      GenerationRequest request =
          new GenerationRequest(
              "r" + i,
              "acme",
              null,
              new int[] {1, 2, 3},
              maxTokens,
              choices,
              false,
              -1,
              -1,
              SamplingParams.GREEDY);
      all.add(new Answer.Prompt(request, "text"));
    }
    return new Answer(head, all);
  }

  /** The id of a word that is one token. */
  static int token(String word) {
    int[] ids = TOKENIZER.encode(word, false);
    return ids[ids.length - 1];
  }
}
