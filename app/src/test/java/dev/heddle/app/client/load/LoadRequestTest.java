package dev.heddle.app.client.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoadRequestTest {
  private static final int MANY = 200_000;

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 1, 2, 4})
  void gaps_have_the_rate_and_the_variation_that_were_asked_for(double cv) {
    double[] at = new Arrivals(20, cv).seconds(MANY, new SplittableRandom(3));
    double[] gaps = IntStream.range(1, MANY).mapToDouble(i -> at[i] - at[i - 1]).toArray();
    double mean = DoubleStream.of(gaps).average().orElseThrow();
    double square =
        DoubleStream.of(gaps).map(gap -> (gap - mean) * (gap - mean)).average().orElseThrow();
    assertThat(mean).isEqualTo(1.0 / 20, within(0.002));
    assertThat(Math.sqrt(square) / mean).isEqualTo(cv, within(0.05 * cv));
  }

  @Test
  void popularity_follows_the_power_law() {
    Shares shares = new Shares(20, 1);
    SplittableRandom random = new SplittableRandom(4);
    Map<Integer, Long> drawn =
        IntStream.range(0, MANY)
            .boxed()
            .collect(Collectors.groupingBy(i -> shares.draw(random), Collectors.counting()));
    double whole = IntStream.rangeClosed(1, 20).mapToDouble(i -> 1.0 / i).sum();
    for (int i = 0; i < 20; i++) {
      assertThat((double) drawn.get(i) / MANY).isEqualTo(1 / (whole * (i + 1)), within(0.004));
    }
  }

  @Test
  void lengths_are_fixed_between_two_or_log_normal() {
    SplittableRandom random = new SplittableRandom(5);
    assertThat(IntStream.range(0, 100).map(i -> Lengths.of("64").draw(random))).containsOnly(64);
    assertThat(IntStream.range(0, 1000).map(i -> Lengths.of("2-4").draw(random)).boxed())
        .containsOnly(2, 3, 4)
        .contains(2, 3, 4);
    List<Integer> normal =
        IntStream.range(0, MANY)
            .map(i -> Lengths.of("100~0.8").draw(random))
            .sorted()
            .boxed()
            .toList();
    assertThat(normal.get(MANY / 2)).isBetween(98, 102);
    assertThat(normal.get((int) (0.841 * MANY))).as("a deviation above").isBetween(215, 230);
    for (String wrong : List.of("", "0", "5-4", "x", "1~", "-3", "1-2~3")) {
      assertThatThrownBy(() -> Lengths.of(wrong)).as(wrong).hasMessageContaining("no length");
    }
  }

  @Test
  void a_seed_decides_all_that_is_sent() {
    assertThat(LoadRequest.of(plan(7))).hasSize(50).isEqualTo(LoadRequest.of(plan(7)));
    assertThat(LoadRequest.of(plan(7))).isNotEqualTo(LoadRequest.of(plan(8)));
  }

  @Test
  void percentiles_are_values_that_were_measured() {
    Percentiles ten = new Percentiles(IntStream.rangeClosed(1, 10).mapToDouble(i -> i));
    assertThat(ten.at(50)).isEqualTo(5);
    assertThat(ten.at(99)).isEqualTo(10);
    assertThat(ten.at(0)).isEqualTo(1);
    assertThat(new Percentiles(DoubleStream.empty()).at(50)).isNaN();
  }

  private static LoadPlan plan(long seed) {
    return new LoadPlan(
        URI.create("http://127.0.0.1:1"),
        "",
        List.of("a", "b"),
        50,
        0,
        new Pace.Open(new Arrivals(10, 1)),
        1,
        Lengths.of("1-9"),
        Lengths.of("1-9"),
        false,
        Duration.ofSeconds(1),
        Duration.ofSeconds(1),
        seed);
  }
}
