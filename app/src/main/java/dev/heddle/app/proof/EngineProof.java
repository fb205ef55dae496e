package dev.heddle.app.proof;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.serving.ChatPrompts;
import dev.heddle.app.serving.ServedModel;
import dev.heddle.format.Digest;
import dev.heddle.format.Violation;
import dev.heddle.format.adapter.GoldenCase;
import dev.heddle.format.adapter.GoldenCase.Answer;
import dev.heddle.format.adapter.GoldenCase.Prompt;
import dev.heddle.format.adapter.GoldenFile;
import dev.heddle.format.text.StreamingDecoder;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.upload.AdapterProof;
import dev.heddle.runtime.GenerationException;
import dev.heddle.runtime.GenerationException.Kind;
import dev.heddle.runtime.GenerationRequest;
import dev.heddle.runtime.InferenceRuntime;
import dev.heddle.sample.SamplingParams;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * Runs golden prompts on the engine that serves, beside its other requests. The adapter is loaded
 * for them as for a request; one that fails and was not resident before leaves the slots again.
 */
@Component
public final class EngineProof implements AdapterProof {
  private static final Logger log = LoggerFactory.getLogger(EngineProof.class);
  private static final Duration WAIT = Duration.ofMinutes(10);

  private final InferenceRuntime runtime;
  private final ServedModel served;

  EngineProof(InferenceRuntime runtime, ServedModel served) {
    this.runtime = runtime;
    this.served = served;
  }

  /** A case that has been asked. */
  private record Asked(String where, GoldenCase golden, GoldenAnswer answer) {}

  /**
   * {@inheritDoc}
   *
   * @throws GenerationException if the engine cannot answer now: the adapter does not become
   *     resident in time, the queue is full, it stops
   */
  @Override
  public List<Violation> check(Version version, Digest adapter, List<GoldenCase> golden) {
    boolean wasResident =
        runtime.residency().residents().stream().anyMatch(r -> r.adapter().equals(adapter));
    List<Violation> violations = run(version, adapter, golden);
    if (!violations.isEmpty() && !wasResident) {
      Mono.fromFuture(() -> runtime.unload(adapter), true)
          .subscribe(
              nothing -> {}, failure -> log.debug("could not unload {}", version.label(), failure));
    }
    return violations;
  }

  private List<Violation> run(Version version, Digest adapter, List<GoldenCase> golden) {
    List<Violation> violations = new ArrayList<>();
    List<Asked> asked = new ArrayList<>();
    long end = System.nanoTime() + WAIT.toNanos();
    try {
      for (int i = 0; i < golden.size(); i++) {
        String where = GoldenFile.NAME + "[" + i + "]";
        try {
          GoldenCase question = golden.get(i);
          GenerationRequest request = request(version, adapter, question);
          asked.add(new Asked(where, question, new GoldenAnswer(runtime, request)));
        } catch (ApiException e) {
          violations.add(unusable(where, e));
        } catch (GenerationException e) {
          if (e.kind() != Kind.INVALID && e.kind() != Kind.CONTEXT_LENGTH) {
            throw e;
          }
          violations.add(unusable(where, e));
        }
      }
      for (Asked question : asked) {
        Violation mismatch = compare(question, end - System.nanoTime());
        if (mismatch != null) {
          violations.add(mismatch);
        }
      }
    } finally {
      asked.forEach(question -> question.answer().cancel());
    }
    return violations;
  }

  private GenerationRequest request(Version version, Digest adapter, GoldenCase golden) {
    int[] prompt =
        switch (golden.prompt()) {
          case Prompt.Text(String text) -> served.tokenizer().encode(text, true);
          case Prompt.Tokens(List<Integer> ids) ->
              ids.stream().mapToInt(Integer::intValue).toArray();
          case Prompt.Messages messages -> rendered(messages);
        };
    return new GenerationRequest(
        "golden-" + UUID.randomUUID(),
        version.tenantId().toString(),
        adapter,
        prompt,
        golden.maxTokens(),
        1,
        false,
        -1,
        -1,
        SamplingParams.GREEDY);
  }

  private int[] rendered(Prompt.Messages messages) {
    ChatPrompts chat = served.chat();
    if (chat == null) {
      throw new GenerationException(Kind.INVALID, "the base model has no chat template");
    }
    return chat.prompt(messages.messages(), null).tokens();
  }

  private @Nullable Violation compare(Asked asked, long nanos) {
    List<Integer> tokens = asked.answer().tokens(nanos);
    String fault =
        switch (asked.golden().answer()) {
          case Answer.Tokens(List<Integer> ids) -> Difference.of(ids, tokens);
          case Answer.Text(String text) ->
              Difference.of(text, text(tokens, asked.golden().prompt()));
        };
    return fault == null ? null : new Violation("golden-mismatch", asked.where(), fault);
  }

  /** As an answer's text over HTTP: special tokens left out. */
  private String text(List<Integer> tokens, Prompt prompt) {
    boolean continued = !(prompt instanceof Prompt.Messages);
    StreamingDecoder decoder = served.tokenizer().streamingDecoder(true, continued);
    StringBuilder text = new StringBuilder();
    tokens.forEach(token -> text.append(decoder.push(token)));
    return text.append(decoder.flush()).toString();
  }

  private static Violation unusable(String where, RuntimeException cause) {
    return new Violation("golden-prompt", where, String.valueOf(cause.getMessage()));
  }
}
