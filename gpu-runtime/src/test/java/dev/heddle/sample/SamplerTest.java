package dev.heddle.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.ops.Logprobs;
import dev.heddle.ops.RowMath;
import dev.heddle.ops.UnusableLogitsException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class SamplerTest {
  private static final float NO = Float.NEGATIVE_INFINITY;
  private static final SamplingParams PLAIN = new SamplingParams(1, 0, 1, 0, 1, 0, 0, Map.of(), 42);

  @Test
  void greedy_takes_the_best_and_the_lower_id_of_a_tie() {
    assertThat(sample(SamplingParams.GREEDY, 1, 3, 2, 3)).isEqualTo(1);
    assertThat(sample(SamplingParams.GREEDY, -0f, 0f)).isZero();
  }

  @Test
  void a_vocabulary_of_one_has_one_answer() {
    assertThat(sample(PLAIN, 0)).isZero();
    assertThat(sample(SamplingParams.GREEDY, -1e30f)).isZero();
  }

  @Test
  void impossible_tokens_are_never_drawn() {
    for (int position = 0; position < 200; position++) {
      assertThat(drawn(PLAIN, position, NO, 0, NO, 0, NO)).isIn(1, 3);
    }
  }

  @Test
  void huge_logits_do_not_overflow() {
    float huge = Float.MAX_VALUE;
    for (int position = 0; position < 100; position++) {
      assertThat(drawn(PLAIN, position, -huge, huge, 0, huge)).isIn(1, 3);
    }
    SamplingParams growing = new SamplingParams(0, 0, 1, 0, 0.001f, 0, 0, Map.of(), 0);
    SamplingState state = SamplingState.of(growing, new int[] {1}, List.of());
    assertThat(new Sampler(2, RowMath.SCALAR).sample(new float[] {1, huge}, state, 0)).isEqualTo(1);
  }

  @Test
  void a_tiny_temperature_is_as_good_as_none() {
    SamplingParams cold = new SamplingParams(Float.MIN_VALUE, 0, 1, 0, 1, 0, 0, Map.of(), 1);
    for (int position = 0; position < 100; position++) {
      assertThat(drawn(cold, position, 1, 2, 1.999f, NO)).isEqualTo(1);
    }
  }

  @Test
  void top_k_beyond_the_vocabulary_keeps_all_and_at_a_tie_the_lower_ids() {
    SamplingParams all = new SamplingParams(1, 99, 1, 0, 1, 0, 0, Map.of(), 3);
    assertThat(seen(all, 0, 0, 0)).containsExactly(0, 1, 2);
    SamplingParams two = new SamplingParams(1, 2, 1, 0, 1, 0, 0, Map.of(), 3);
    assertThat(seen(two, 1, 0, 5, 1, 1)).containsExactly(0, 2);
  }

  @Test
  void the_smallest_top_p_leaves_the_best_token() {
    SamplingParams least = new SamplingParams(1, 0, Float.MIN_VALUE, 0, 1, 0, 0, Map.of(), 3);
    assertThat(seen(least, 1, 1.001f, 1, 1.001f)).containsExactly(1);
  }

  @Test
  void top_p_keeps_no_more_than_reach_it() {
    SamplingParams half = new SamplingParams(1, 0, 0.5f, 0, 1, 0, 0, Map.of(), 3);
    assertThat(seen(half, 2, 2, 2, 2)).containsExactly(0, 1);
  }

  @Test
  void min_p_of_one_keeps_those_as_likely_as_the_best() {
    SamplingParams strict = new SamplingParams(1, 0, 1, 1, 1, 0, 0, Map.of(), 3);
    assertThat(seen(strict, 1, 4, 3.99f, 4)).containsExactly(1, 3);
  }

  @Test
  void bias_can_force_and_forbid() {
    SamplingParams biased = new SamplingParams(0, 0, 1, 0, 1, 0, 0, Map.of(2, 100f, 0, -100f), 0);
    assertThat(sample(biased, 9, 8, 0)).isEqualTo(2);
    assertThat(sample(biased, 9, 8, NO)).isEqualTo(1);
  }

  @Test
  void repetition_counts_the_prompt_while_presence_and_frequency_count_the_output_only() {
    float[] row = {4, 3, 2};
    SamplingParams repetition = new SamplingParams(0, 0, 1, 0, 2, 0, 0, Map.of(), 0);
    SamplingParams presence = new SamplingParams(0, 0, 1, 0, 1, 1.5f, 0, Map.of(), 0);
    SamplingParams frequency = new SamplingParams(0, 0, 1, 0, 1, 0, 0.8f, Map.of(), 0);
    int[] prompt = {0};
    Sampler sampler = new Sampler(3, RowMath.SCALAR);
    assertThat(sampler.sample(row, SamplingState.of(repetition, prompt, List.of()), 1))
        .isEqualTo(1);
    SamplingState present = SamplingState.of(presence, prompt, List.of());
    assertThat(sampler.sample(row, present, 1)).isZero();
    present.accept(0);
    assertThat(sampler.sample(row, present, 2)).isEqualTo(1);
    SamplingState frequent = SamplingState.of(frequency, prompt, List.of());
    frequent.accept(0);
    assertThat(sampler.sample(row, frequent, 2)).isZero();
    frequent.accept(0);
    assertThat(sampler.sample(row, frequent, 3)).isEqualTo(1);
  }

  @Test
  void choices_draw_differently_and_count_for_themselves() {
    SamplingParams params = new SamplingParams(0, 0, 1, 0, 1, 2, 0, Map.of(), 5);
    SamplingState first = SamplingState.of(params, new int[] {0}, List.of());
    SamplingState second = first.forChoice(1);
    first.accept(0);
    Sampler sampler = new Sampler(2, RowMath.SCALAR);
    assertThat(sampler.sample(new float[] {1, 0}, first, 1)).isEqualTo(1);
    assertThat(sampler.sample(new float[] {1, 0}, second, 1)).isZero();
  }

  @Test
  void a_grammar_forbids_tokens_whatever_their_logits_and_logprobs_stay_raw() {
    long[] allowed = {1L << 1 | 1L << 3, 1L << 6};
    Sampler sampler = new Sampler(200, RowMath.SCALAR);
    float[] row = new float[200];
    row[5] = 50;
    row[199] = 40;
    SamplingState state = SamplingState.of(PLAIN, new int[] {0}, List.of()).with(() -> allowed);
    for (int position = 0; position < 100; position++) {
      assertThat(sampler.sample(row, state, position)).isIn(1, 3, 70);
    }
    SamplingState greedy =
        SamplingState.of(SamplingParams.GREEDY, new int[] {0}, List.of()).with(() -> allowed);
    assertThat(sampler.sample(row, greedy, 0)).isEqualTo(1);
    Logprobs out = new Logprobs(1);
    out.score(row, 1, 1);
    assertThat(out.alternativeTokens()).containsExactly(5);
    assertThat(out.logprob()).isLessThan(-49);
    SamplingState nothing =
        SamplingState.of(PLAIN, new int[] {0}, List.of()).with(() -> new long[0]);
    assertThatThrownBy(() -> sampler.sample(row, nothing, 0)).isInstanceOf(DeadEndException.class);
  }

  @Test
  void nothing_but_allowed_tokens_is_drawn() {
    TokenRules rules = new TokenRules(0, set(), set(1, 3), List.of());
    assertThat(seen(PLAIN.withRules(rules), 9, 1, 9, 1, 9)).containsExactly(1, 3);
  }

  @Test
  void what_ends_an_answer_is_not_drawn_before_it_has_min_tokens() {
    TokenRules rules = new TokenRules(2, set(0), null, List.of());
    SamplingParams greedy = SamplingParams.GREEDY.withRules(rules);
    SamplingState state = SamplingState.of(greedy, new int[] {0}, List.of(1));
    Sampler sampler = new Sampler(3, RowMath.SCALAR);
    float[] row = {3, 2, 1};
    for (int i = 0; i < 2; i++) {
      assertThat(sampler.sample(row, state, i)).isEqualTo(2);
      state.accept(2);
    }
    assertThat(sampler.sample(row, state, 2)).isZero();
    assertThat(state.stops(0)).isTrue();
    assertThat(state.stops(1)).as("the model's own is not the request's").isFalse();
  }

  @Test
  void the_last_token_of_a_bad_word_is_not_drawn_after_the_others_of_the_output() {
    TokenRules rules = new TokenRules(0, set(), null, List.of(new int[] {0}, new int[] {2, 1, 3}));
    SamplingParams greedy = SamplingParams.GREEDY.withRules(rules);
    SamplingState state = SamplingState.of(greedy, new int[] {2, 1}, List.of());
    Sampler sampler = new Sampler(5, RowMath.SCALAR);
    float[] row = {9, 1, 1, 5, 4};
    assertThat(sampler.sample(row, state, 2)).as("the prompt does not count").isEqualTo(3);
    for (int token : new int[] {3, 2, 1}) {
      assertThat(sampler.sample(row, state, 3)).isEqualTo(3);
      state.accept(token);
    }
    SamplingState other = state.forChoice(1);
    assertThat(sampler.sample(row, other, 3)).isEqualTo(4);
    other.accept(4);
    assertThat(sampler.sample(row, other, 4)).isEqualTo(3);
    assertThat(sampler.sample(row, state, 3)).as("choices do not share it").isEqualTo(4);
  }

  @Test
  void rules_that_may_leave_nothing_to_draw_are_known_as_such() {
    List<int[]> words = List.of(new int[] {7, 1}, new int[] {0});
    assertThat(new TokenRules(0, set(), null, words).leaveChoice(2, List.of())).isFalse();
    assertThat(new TokenRules(0, set(), null, words).leaveChoice(3, List.of())).isTrue();
    assertThat(new TokenRules(1, set(2), null, words).leaveChoice(3, List.of())).isFalse();
    assertThat(new TokenRules(1, set(), set(1), List.of()).leaveChoice(3, List.of(1))).isFalse();
    assertThat(new TokenRules(0, set(), set(1), List.of()).leaveChoice(3, List.of(1))).isTrue();
  }

  private static BitSet set(int... tokens) {
    BitSet set = new BitSet();
    Arrays.stream(tokens).forEach(set::set);
    return set;
  }

  @Test
  void a_row_with_nan_or_infinity_fails_alone() {
    Sampler sampler = new Sampler(3, RowMath.SCALAR);
    SamplingState state = SamplingState.of(PLAIN, new int[] {0}, List.of());
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      float[] row = {0, bad, 1};
      assertThatThrownBy(() -> sampler.sample(row, state, 0))
          .isInstanceOf(UnusableLogitsException.class)
          .hasMessageContaining("token 1");
      assertThatThrownBy(() -> new Logprobs(0).score(row, 0, 0))
          .isInstanceOf(UnusableLogitsException.class);
    }
    assertThat(sampler.sample(new float[] {NO, 0, NO}, state, 0)).isEqualTo(1);
  }

  @Test
  void alternatives_fall_in_likelihood_and_rise_in_id_at_ties() {
    Logprobs out = new Logprobs(20);
    out.score(new float[] {1, 3, 3, NO, 2}, 3, 4);
    assertThat(out.logprob()).isEqualTo(NO);
    assertThat(Arrays.copyOf(out.alternativeTokens(), out.alternatives()))
        .containsExactly(1, 2, 4, 0);
    out.score(new float[5], 0, 20);
    assertThat(out.alternatives()).isEqualTo(5);
    assertThat(out.logprob()).isCloseTo((float) -Math.log(5), within());
  }

  private static Offset<Float> within() {
    return Offset.offset(1e-6f);
  }

  private static int sample(SamplingParams params, float... row) {
    return drawn(params, 0, row);
  }

  private static int drawn(SamplingParams params, int position, float... row) {
    SamplingState state = SamplingState.of(params, new int[] {0}, List.of());
    float[] before = row.clone();
    int token = new Sampler(row.length, RowMath.SCALAR).sample(row, state, position);
    assertThat(row).as("the row stays as it was").isEqualTo(before);
    return token;
  }

  /** The tokens that come up in many draws. */
  private static List<Integer> seen(SamplingParams params, float... row) {
    return IntStream.range(0, 300)
        .map(position -> drawn(params, position, row))
        .distinct()
        .sorted()
        .boxed()
        .toList();
  }
}
