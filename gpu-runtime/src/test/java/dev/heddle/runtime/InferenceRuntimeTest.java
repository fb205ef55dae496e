package dev.heddle.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.experts.RoutingStats;
import dev.heddle.format.Digest;
import dev.heddle.format.model.ModelShape;
import dev.heddle.format.testing.Shapes;
import dev.heddle.model.MemoryEstimate;
import dev.heddle.model.ModelLimits;
import dev.heddle.model.MoeModel;
import dev.heddle.model.RoutingSums;
import dev.heddle.model.RoutingTrace;
import dev.heddle.model.SequenceRunner;
import dev.heddle.ops.Logprobs;
import dev.heddle.ops.Precision;
import dev.heddle.runtime.GenerationException.Kind;
import dev.heddle.sample.SamplingParams;
import dev.heddle.sample.TokenRules;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole engine with its own threads, through its door. */
class InferenceRuntimeTest {
  private static final int[] PROMPT = {5, 9, 14, 22, 3, 60, 41, 7, 8, 90};
  private static final int VOCABULARY = Shapes.tiny().vocabulary();

  @TempDir Path folder;
  private TinyModels models;
  private InferenceRuntime runtime;

  @BeforeEach
  void start() {
    models = new TinyModels(folder, "reference", Shapes.tiny(), ModelLimits.BLOCK_TOKENS, 2, 11);
    runtime = InferenceRuntime.start(config(3, Duration.ofSeconds(20)), models.base, models);
  }

  @AfterEach
  void stop() {
    runtime.close();
    models.close();
  }

  @Test
  void answers_many_callers_at_once_as_it_answers_each_alone() {
    List<Digest> adapters = new ArrayList<>(models.digests());
    adapters.add(null);
    List<BlockingClient> alone = new ArrayList<>();
    for (Digest adapter : adapters) {
      alone.add(submit(request().adapter(adapter)).await());
    }
    List<BlockingClient> together = new ArrayList<>();
    for (int i = 0; i < 3 * adapters.size(); i++) {
      together.add(submit(request().adapter(adapters.get(i % adapters.size()))));
    }
    for (int i = 0; i < together.size(); i++) {
      BlockingClient client = together.get(i).await();
      assertThat(client.text()).isEqualTo(alone.get(i % adapters.size()).text());
    }
    assertThat(alone.get(0).text())
        .as("the adapter says something else")
        .isNotEqualTo(alone.get(2).text());
    assertThat(runtime.stats().kvBlocksUsed()).isZero();
    assertThat(runtime.stats().residentAdapters()).isEqualTo(2);
    assertThat(runtime.stats().prefixHitTokens()).as("prompts are shorter than a block").isZero();
  }

  @Test
  void greedy_tokens_are_those_of_the_merged_checkpoint() {
    Digest adapter = models.digests().getFirst();
    BlockingClient client = submit(request().adapter(adapter)).await();
    int[] tokens = concat(PROMPT, client.tokens(0));
    float[][] rows = models.alone(adapter, tokens);
    for (int i = PROMPT.length; i < tokens.length; i++) {
      assertThat(tokens[i]).isEqualTo(SequenceRunner.best(rows[i - 1]));
    }
    assertThat(client.choice(0).finish()).isEqualTo(FinishReason.LENGTH);
  }

  @Test
  void choices_differ_from_each_other_and_are_the_same_every_time() {
    SamplingParams sampling = new SamplingParams(1.5f, 0, 1, 0, 1, 0, 0, Map.of(), 99);
    BlockingClient one = submit(request().choices(3).sampling(sampling)).await();
    BlockingClient other = submit(request().choices(3).sampling(sampling)).await();
    for (int choice = 0; choice < 3; choice++) {
      assertThat(one.tokens(choice)).isEqualTo(other.tokens(choice));
    }
    assertThat(one.tokens(0)).isNotEqualTo(one.tokens(1));
    assertThat(one.tokens(1)).isNotEqualTo(one.tokens(2));
  }

  @Test
  void a_stop_token_ends_a_choice_and_is_its_last_once_min_tokens_came() {
    int[] plain = submit(request()).await().tokens(0);
    BitSet stops = new BitSet();
    stops.set(plain[5]);
    int first = Arrays.stream(plain).boxed().toList().indexOf(plain[5]);

    BlockingClient stopped = submit(request().sampling(ruled(0, stops))).await();
    assertThat(stopped.choice(0).finish()).isEqualTo(FinishReason.STOP);
    assertThat(stopped.tokens(0)).isEqualTo(Arrays.copyOf(plain, first + 1));

    BlockingClient held = submit(request().sampling(ruled(10, stops))).await();
    assertThat(held.choice(0).count()).isGreaterThan(10);
    assertThat(Arrays.copyOf(held.tokens(0), 10)).doesNotContain(plain[5]);
  }

  private static SamplingParams ruled(int minTokens, BitSet stops) {
    return SamplingParams.GREEDY.withRules(new TokenRules(minTokens, stops, null, List.of()));
  }

  @Test
  void rules_that_can_not_be_kept_are_refused_at_the_door() {
    BitSet unknown = new BitSet();
    unknown.set(96);
    TokenRules wild = new TokenRules(21, unknown, unknown, List.of(new int[] {-1}));
    assertRefused(
        request().sampling(SamplingParams.GREEDY.withRules(wild)),
        Kind.INVALID,
        "min_tokens",
        "stop_token_ids",
        "allowed_token_ids and bad_words");
    BitSet one = new BitSet();
    one.set(7);
    TokenRules none = new TokenRules(0, new BitSet(), one, List.of(new int[] {3, 7}));
    assertRefused(
        request().sampling(SamplingParams.GREEDY.withRules(none)), Kind.INVALID, "leave no token");
  }

  @Test
  void scores_of_a_prompt_are_those_of_the_direct_model() {
    BlockingClient client = submit(request().maxTokens(0).promptLogprobs(4)).await();
    float[][] rows = models.alone(null, PROMPT);
    PromptScores scores = client.generation().promptScores();
    Logprobs expected = new Logprobs(4);
    assertThat(scores.count()).isEqualTo(PROMPT.length);
    for (int position = 1; position < PROMPT.length; position++) {
      expected.score(rows[position - 1], PROMPT[position], 4);
      assertThat(scores.logprob(position)).isEqualTo(expected.logprob());
      for (int rank = 0; rank < 4; rank++) {
        assertThat(scores.alternativeToken(position, rank))
            .isEqualTo(expected.alternativeTokens()[rank]);
        assertThat(scores.alternativeLogprob(position, rank))
            .isEqualTo(expected.alternativeLogprobs()[rank]);
      }
    }
    assertThat(client.choice(0).count()).isZero();
    assertThat(client.choice(0).finish()).isEqualTo(FinishReason.LENGTH);
  }

  @Test
  void a_second_request_finds_the_prompt_in_the_cache() {
    int[] prompt = new int[3 * ModelLimits.BLOCK_TOKENS];
    for (int i = 0; i < prompt.length; i++) {
      prompt[i] = i % VOCABULARY;
    }
    BlockingClient first = submit(request().prompt(prompt)).await();
    BlockingClient second = submit(request().prompt(prompt)).await();
    BlockingClient stranger = submit(request().prompt(prompt).tenant("other")).await();
    assertThat(first.generation().cachedPromptTokens()).isZero();
    assertThat(second.generation().cachedPromptTokens())
        .as("all but the block with the last token")
        .isEqualTo(2 * ModelLimits.BLOCK_TOKENS);
    assertThat(stranger.generation().cachedPromptTokens()).as("another tenant").isZero();
    assertThat(second.text()).isEqualTo(first.text());
  }

  @Test
  void a_cancelled_request_ends_and_frees_its_blocks() {
    BlockingClient client = submit(request().maxTokens(200));
    client.awaitProgress();
    client.generation().cancel();
    client.await();
    assertThat(client.choice(0).finish()).isEqualTo(FinishReason.CANCELLED);
    assertThat(client.choice(0).count()).isBetween(1, 199);
    submit(request()).await(); // a step later
    assertThat(runtime.stats().kvBlocksUsed()).isZero();
    assertThat(runtime.stats().running()).isZero();
  }

  @Test
  void a_choice_that_its_caller_stops_ends_with_stop() {
    BlockingClient client = submit(request().maxTokens(200).choices(2));
    client.awaitProgress();
    client.choice(1).stop();
    client.await();
    assertThat(client.choice(1).finish()).isEqualTo(FinishReason.STOP);
    assertThat(client.choice(0).finish()).isEqualTo(FinishReason.LENGTH);
  }

  @Test
  void what_can_never_be_served_is_refused_at_the_door_with_every_fault() {
    assertRefused(
        request().maxTokens(400), Kind.CONTEXT_LENGTH, "10 tokens", "400 tokens", "256 tokens");
    assertRefused(
        request().prompt(new int[] {1, 96}).choices(0).maxTokens(-1),
        Kind.INVALID,
        "token id 96",
        "choices",
        "max tokens");
    SamplingParams wild = new SamplingParams(Float.NaN, -1, 0, 2, 0, 3, -3, Map.of(96, 101f), 0);
    assertRefused(
        request().sampling(wild),
        Kind.INVALID,
        "temperature",
        "top_k",
        "top_p",
        "min_p",
        "repetition_penalty",
        "presence_penalty",
        "frequency_penalty",
        "logit_bias");
  }

  @Test
  void a_full_queue_refuses() {
    List<BlockingClient> accepted = new ArrayList<>();
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 100; i++) {
                accepted.add(submit(request().maxTokens(150)));
              }
            })
        .isInstanceOfSatisfying(
            GenerationException.class, e -> assertThat(e.kind()).isEqualTo(Kind.QUEUE_FULL));
    accepted.forEach(client -> client.generation().cancel());
    accepted.forEach(BlockingClient::await);
    submit(request()).await();
  }

  @Test
  void an_unknown_adapter_fails_and_the_base_never_answers_for_it() {
    Digest unknown = new Digest("0".repeat(64));
    BlockingClient client = submit(request().adapter(unknown));
    assertThat(client.awaitFailure().kind()).isEqualTo(Kind.ADAPTER_UNAVAILABLE);
    assertThat(client.choice(0).count()).isZero();
    assertThatThrownBy(() -> runtime.prefetch(unknown).join())
        .isInstanceOf(CompletionException.class);
  }

  @Test
  void a_prefetched_adapter_is_resident() {
    Digest adapter = models.digests().getLast();
    runtime.prefetch(adapter).join();
    assertThat(runtime.residency().residents()).anyMatch(one -> one.adapter().equals(adapter));
  }

  @Test
  void every_computed_token_is_counted_for_its_adapter() {
    Digest one = models.digests().getFirst();
    Digest other = models.digests().getLast();
    int[] chunks = new int[3 * 16 + 5]; // of a step's tokens
    Arrays.fill(chunks, 7);
    List<BlockingClient> clients = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      clients.add(submit(request().adapter(one).maxTokens(20)));
      clients.add(submit(request().adapter(other).prompt(chunks).maxTokens(9)));
      clients.add(submit(request().choices(2).maxTokens(6)));
    }
    clients.forEach(BlockingClient::await);
    long reused = clients.stream().mapToLong(c -> c.generation().cachedPromptTokens()).sum();

    // The last token of an answer is drawn, not computed; other choices start from the first's.
    assertRouted(one, 4 * (PROMPT.length + 19));
    assertRouted(other, 4 * (chunks.length + 8) - reused);
    assertRouted(null, 4 * (PROMPT.length + 2 * 5));
  }

  /** Counts are published at the latest when nothing runs. */
  private void assertRouted(Digest adapter, long tokens) {
    RoutingStats stats = routing(adapter);
    for (int i = 0; i < 200 && stats.tokens() != tokens; i++) {
      LockSupport.parkNanos(10_000_000);
      stats = routing(adapter);
    }
    assertThat(stats.tokens()).isEqualTo(tokens);
    ModelShape shape = Shapes.tiny();
    assertThat(stats.layers()).hasSize(shape.moeLayers());
    for (RoutingStats.Layer layer : stats.layers()) {
      assertThat(layer.counts()).hasSize(shape.experts().routed());
      assertThat(layer.counts().stream().mapToLong(n -> n).sum())
          .as("layer %d", layer.number())
          .isEqualTo(tokens * shape.experts().topK());
    }
    assertThat(stats.tunedHits() > 0).isEqualTo(adapter != null);
  }

  private RoutingStats routing(Digest adapter) {
    return adapter == null ? runtime.baseRouting() : runtime.routing(adapter);
  }

  @Test
  void draining_finishes_what_was_let_in_and_refuses_the_rest() {
    BlockingClient client = submit(request().maxTokens(100));
    assertThat(runtime.drain(Duration.ofSeconds(60))).isTrue();
    assertThat(client.await().choice(0).count()).isEqualTo(100);
    assertRefused(request(), Kind.STOPPING);
  }

  @Test
  void a_drain_that_cuts_answers_short_says_so() {
    BlockingClient client = submit(request().maxTokens(240));
    client.awaitProgress();
    assertThat(runtime.drain(Duration.ZERO)).isFalse();
  }

  @Test
  void closing_fails_what_has_not_ended() {
    List<BlockingClient> clients = new ArrayList<>();
    for (int i = 0; i < 30; i++) { // far more than have ended when the first has a token
      clients.add(submit(request().maxTokens(240)));
    }
    clients.getFirst().awaitProgress();
    runtime.close();
    List<BlockingClient> failed =
        clients.stream().filter(client -> client.choice(0).finish() == null).toList();

    assertThat(failed).isNotEmpty();
    for (BlockingClient client : failed) {
      assertThat(client.awaitFailure().kind()).isEqualTo(Kind.STOPPING);
    }
    runtime.close();
    assertRefused(request(), Kind.STOPPING);
  }

  @Test
  void a_listener_that_throws_harms_nobody_else() {
    Generation generation =
        runtime.submit(
            request().build(),
            new GenerationListener() {
              @Override
              public void onAdmitted() {
                throw new IllegalStateException("a defect of the caller");
              }

              @Override
              public void onProgress() {}

              @Override
              public void onFinished() {
                throw new IllegalStateException("a defect of the caller");
              }

              @Override
              public void onFailed(GenerationException failure) {
                throw new IllegalStateException("a defect of the caller");
              }
            });
    String expected = submit(request()).await().text();
    runtime.drain(Duration.ofSeconds(60));
    assertThat(generation.choice(0).finish()).isEqualTo(FinishReason.LENGTH);
    assertThat(generation.choice(0).count()).isEqualTo(expected.split(" ", -1).length);
  }

  @Test
  void times_of_a_generation_are_known_at_its_end() {
    Generation generation = submit(request()).await().generation();
    assertThat(generation.queueNanos()).isNotNegative();
    assertThat(generation.timeToFirstTokenNanos()).isGreaterThanOrEqualTo(generation.queueNanos());
    assertThat(generation.totalNanos()).isGreaterThan(generation.timeToFirstTokenNanos());
    assertThat(generation.timePerOutputTokenNanos()).isPositive();
    RuntimeStats stats = runtime.stats();
    assertThat(stats.stepTimes().counts().stream().mapToLong(n -> n).sum())
        .isEqualTo(stats.steps());
    assertThat(stats.tokensPrefilled()).isEqualTo(PROMPT.length);
  }

  private void assertRefused(RequestBuilder request, Kind kind, String... words) {
    assertThatThrownBy(() -> submit(request))
        .isInstanceOfSatisfying(
            GenerationException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(kind);
              assertThat(List.of(words))
                  .allMatch(word -> String.valueOf(e.getMessage()).contains(word));
            });
  }

  @Test
  void where_routers_send_a_text_is_the_same_alone_beside_answers_and_again() {
    int[] text = new Random(5).ints(100, 0, VOCABULARY).toArray();
    int slots = MemoryEstimate.baseSlots(Shapes.tiny());
    MoeModel model =
        models.load(new ModelLimits(16, 1, 1, 7, ModelLimits.BLOCK_TOKENS, 100, slots, 1));
    RoutingSums alone = RoutingSums.of(Shapes.tiny());
    new SequenceRunner(model, 0, 7).append(text, alone);

    List<BlockingClient> answers = new ArrayList<>();
    for (int round = 0; round < 2; round++) {
      answers.add(submit(request().maxTokens(40).adapter(models.digests().get(round))));
      BlockingClient client =
          BlockingClient.submit(runtime, GenerationRequest.routing("text", "tenant", text)).await();
      assertThat(client.generation().routing()).usingRecursiveComparison().isEqualTo(alone);
    }
    answers.forEach(BlockingClient::await);
    assertThat(answers.getFirst().generation().routing()).isNull();
    assertThat(runtime.stats().kvBlocksUsed()).isZero();
  }

  @Test
  void a_trace_tells_for_each_token_what_sums_add_up() {
    int[] text = new Random(6).ints(50, 0, VOCABULARY).toArray();
    ModelShape shape = Shapes.tiny();
    Digest adapter = models.digests().getFirst();
    GenerationRequest request = GenerationRequest.trace("text", "tenant", adapter, text);
    RoutingTrace trace = BlockingClient.submit(runtime, request).await().generation().trace();
    RoutingSums sums = RoutingSums.of(shape);
    int[] picks = new int[trace.topK()];
    for (int token = 0; token < text.length; token++) {
      for (int layer = 0; layer < shape.moeLayers(); layer++) {
        for (int rank = 0; rank < picks.length; rank++) {
          picks[rank] = trace.pick(token, layer, rank);
        }
        assertThat(picks).doesNotHaveDuplicates();
        sums.add(layer, picks, new float[picks.length]);
      }
    }
    RoutingSums alone = models.routingAlone(adapter, text);
    for (int layer = 0; layer < shape.moeLayers(); layer++) {
      for (int expert = 0; expert < sums.experts(); expert++) {
        assertThat(sums.picked(layer, expert)).isEqualTo(alone.picked(layer, expert));
      }
    }
  }

  private BlockingClient submit(RequestBuilder request) {
    return BlockingClient.submit(runtime, request.build());
  }

  private static RequestBuilder request() {
    return new RequestBuilder(PROMPT);
  }

  private static int[] concat(int[] prompt, int[] output) {
    int[] all = Arrays.copyOf(prompt, prompt.length + output.length);
    System.arraycopy(output, 0, all, prompt.length, output.length);
    return all;
  }

  static RuntimeConfig config(int adapterRows, Duration loadWait) {
    return new RuntimeConfig(
        "reference",
        1,
        Precision.STORED,
        256L << 20,
        16,
        4,
        4,
        32,
        Duration.ZERO,
        loadWait,
        0,
        adapterRows,
        0,
        2,
        tenant -> 1,
        ProcessMemory.NONE);
  }
}
