package dev.heddle.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.testing.Shapes;
import dev.heddle.model.ModelLimits;
import dev.heddle.sample.SamplingParams;
import dev.heddle.sample.TokenMask;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests whose tokens a grammar restricts, in the whole engine. */
class GrammarTest {
  private static final int[] PROMPT = {5, 9, 14, 22, 3, 60, 41, 7, 8, 90};
  private static final SamplingParams SAMPLED =
      new SamplingParams(1.5f, 0, 1, 0, 1, 0, 0.5f, Map.of(), 99);

  @TempDir Path folder;
  private TinyModels models;
  private InferenceRuntime runtime;

  @BeforeEach
  void start() {
    models = new TinyModels(folder, "reference", Shapes.tiny(), ModelLimits.BLOCK_TOKENS, 1, 11);
    runtime =
        InferenceRuntime.start(
            InferenceRuntimeTest.config(3, Duration.ofSeconds(20)), models.base, models);
  }

  @AfterEach
  void stop() {
    runtime.close();
    models.close();
  }

  @Test
  void a_grammar_that_allows_everything_changes_no_token() {
    long[] all = new long[Math.ceilDiv(Shapes.tiny().vocabulary(), 64)];
    Arrays.fill(all, -1);
    for (SamplingParams sampling : new SamplingParams[] {SamplingParams.GREEDY, SAMPLED}) {
      GenerationRequest plain = new RequestBuilder(PROMPT).choices(2).sampling(sampling).build();
      BlockingClient free = BlockingClient.submit(runtime, plain).await();
      BlockingClient masked = BlockingClient.submit(runtime, plain.withGrammar(() -> all)).await();
      for (int choice = 0; choice < 2; choice++) {
        assertThat(masked.tokens(choice)).isEqualTo(free.tokens(choice));
      }
    }
  }

  @Test
  void every_choice_goes_its_own_way_and_ends_where_nothing_may_follow() {
    GenerationRequest request =
        new RequestBuilder(PROMPT).choices(3).sampling(SAMPLED).build().withGrammar(new Pairs(0));
    BlockingClient one = BlockingClient.submit(runtime, request).await();
    BlockingClient other = BlockingClient.submit(runtime, request).await();
    for (int choice = 0; choice < 3; choice++) {
      int[] tokens = one.tokens(choice);
      assertThat(tokens).hasSize(6).isEqualTo(other.tokens(choice));
      for (int i = 0; i < tokens.length; i++) {
        assertThat(tokens[i] / 2).isEqualTo(i);
      }
      assertThat(one.choice(choice).finish()).isEqualTo(FinishReason.STOP);
    }
    assertThat(runtime.stats().kvBlocksUsed()).isZero();
  }

  @Test
  void what_a_grammar_dictates_takes_no_steps_and_changes_no_token() {
    GenerationRequest plain =
        new RequestBuilder(PROMPT).choices(3).maxTokens(80).sampling(SAMPLED).build();
    int vocabulary = Shapes.tiny().vocabulary();
    long before = runtime.stats().steps();
    BlockingClient slow =
        BlockingClient.submit(runtime, plain.withGrammar(new DictatingMask(vocabulary, 1, false)))
            .await();
    long between = runtime.stats().steps();
    BlockingClient quick =
        BlockingClient.submit(runtime, plain.withGrammar(new DictatingMask(vocabulary, 1, true)))
            .await();
    long after = runtime.stats().steps();

    for (int choice = 0; choice < 3; choice++) {
      assertThat(quick.tokens(choice)).hasSize(80).isEqualTo(slow.tokens(choice));
    }
    assertThat(between - before).isGreaterThanOrEqualTo(80);
    assertThat(after - between).isLessThan(40);
    assertThat(runtime.stats().kvBlocksUsed()).isZero();
  }

  @Test
  void where_nothing_may_come_the_request_alone_fails() {
    GenerationRequest plain = new RequestBuilder(PROMPT).sampling(SAMPLED).build();
    BlockingClient free = BlockingClient.submit(runtime, plain);
    BlockingClient stuck = BlockingClient.submit(runtime, plain.withGrammar(() -> new long[0]));

    assertThat(stuck.awaitFailure().kind()).isEqualTo(GenerationException.Kind.DEAD_END);
    assertThat(free.await().tokens(0)).isNotEmpty();
    assertThat(runtime.stats().kvBlocksUsed()).isZero();
  }

  /** Token 2i or 2i + 1 at place i, six places. */
  private static final class Pairs implements TokenMask {
    private int place;

    Pairs(int place) {
      this.place = place;
    }

    @Override
    public long[] allowed() {
      return new long[] {3L << (2 * place)};
    }

    @Override
    public void accept(int token) {
      place++;
    }

    @Override
    public boolean ended() {
      return place == 6;
    }

    @Override
    public TokenMask copy() {
      return new Pairs(place);
    }
  }
}
