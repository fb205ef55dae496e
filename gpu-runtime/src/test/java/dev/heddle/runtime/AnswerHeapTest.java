package dev.heddle.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.heddle.format.model.ModelShape;
import dev.heddle.format.testing.Shapes;
import dev.heddle.sample.SamplingParams;
import java.lang.management.ManagementFactory;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Answers take memory as they grow, never more than what was charged for them. */
class AnswerHeapTest {
  private static final int VOCABULARY = 1000;
  private static final int LOGPROBS = 20;
  private static final int[] PROMPT = {1, 2, 3};
  private static final SamplingParams PENALTIES =
      new SamplingParams(1, 0, 1, 0, 1, 1, 0, Map.of(), 0);

  /** What the first use of a class allocates is not the answers'. */
  @BeforeAll
  static void use_every_class_once() {
    answer(request(2, 300, PENALTIES));
  }

  @Test
  void a_request_that_has_no_tokens_yet_holds_little_of_what_it_is_charged() {
    GenerationRequest request = request(16, 20_000, SamplingParams.GREEDY);
    long before = allocated();
    ActiveRequest active = submitted(request);
    long taken = allocated() - before;

    assertThat(taken).isLessThan(256 << 10);
    assertThat(active.generation().choices()).isEqualTo(16);
    assertThat(charge(request)).isGreaterThan(50 << 20);
  }

  @Test
  void what_an_answer_takes_is_within_its_charge() {
    for (int tokens : new int[] {1, 128, 129, 300, 5_000}) {
      GenerationRequest request = request(2, tokens, PENALTIES);
      long before = allocated();
      answer(request);
      assertThat(allocated() - before).as("%d tokens", tokens).isLessThan(charge(request));
    }
  }

  @Test
  void a_reader_on_another_thread_sees_every_token_and_score_across_chunks() throws Exception {
    int tokens = 3_000;
    ChoiceOutput output = new ChoiceOutput(tokens, LOGPROBS, () -> {});
    Thread engine =
        Thread.ofPlatform()
            .start(() -> {
              Writer writer = new Writer();
              for (int i = 0; i < tokens; i++) {
                writer.append(output, i);
              }
              output.finish(FinishReason.LENGTH);
            });
    int read = 0;
    while (output.finish() == null || read < output.count()) {
      for (int end = output.count(); read < end; read++) {
        check(output, read);
      }
    }
    engine.join();
    assertThat(read).isEqualTo(tokens);
    for (int i = 0; i < tokens; i++) {
      check(output, i);
    }
  }

  private static void check(ChoiceOutput output, int index) {
    assertThat(output.token(index)).isEqualTo(index);
    assertThat(output.logprob(index)).isEqualTo(-index);
    assertThat(output.alternatives(index)).isEqualTo(LOGPROBS);
    for (int rank = 0; rank < LOGPROBS; rank++) {
      assertThat(output.alternativeToken(index, rank)).isEqualTo(index + rank);
      assertThat(output.alternativeLogprob(index, rank)).isEqualTo(-index - rank);
    }
  }

  /** Writes as the step thread does: token {@code i} has the alternatives {@code i, i + 1, ...}. */
  private static final class Writer {
    private final int[] tokens = new int[LOGPROBS];
    private final float[] values = new float[LOGPROBS];

    void append(ChoiceOutput output, int index) {
      for (int rank = 0; rank < LOGPROBS; rank++) {
        tokens[rank] = index + rank;
        values[rank] = -index - rank;
      }
      output.scores().reserve(index);
      output.scores().set(index, -index, LOGPROBS, tokens, values);
      output.append(index);
    }
  }

  /** Writes all tokens of every choice. */
  private static void answer(GenerationRequest request) {
    Writer writer = new Writer();
    ActiveRequest active = submitted(request);
    for (int i = 0; i < request.maxTokens(); i++) {
      for (int choice = 0; choice < request.choices(); choice++) {
        writer.append(active.generation().choice(choice), i);
        active.sampling(choice).accept(i);
      }
    }
  }

  private static ActiveRequest submitted(GenerationRequest request) {
    ModelShape shape = Shapes.tiny();
    AnswerHeap heap = new AnswerHeap(request, 0, bytes -> {});
    Generation generation =
        new Generation(request, new BlockingClient(), VOCABULARY, () -> 0, () -> {}, heap, null);
    return ActiveRequest.of(generation, Long.MAX_VALUE, shape);
  }

  private static long charge(GenerationRequest request) {
    return new AnswerHeap(request, 0, bytes -> {}).charge();
  }

  private static GenerationRequest request(int choices, int maxTokens, SamplingParams sampling) {
    return new RequestBuilder(PROMPT)
        .choices(choices)
        .maxTokens(maxTokens)
        .logprobs(LOGPROBS)
        .sampling(sampling)
        .build();
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }
}
