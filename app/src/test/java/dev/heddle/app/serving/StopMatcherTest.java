package dev.heddle.app.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StopMatcherTest {
  @Test
  void a_stop_across_pieces_ends_the_text_before_it() {
    StopMatcher matcher = new StopMatcher(List.of("END"), false);

    assertThat(matcher.push("say E", true)).isEqualTo("say ");
    assertThat(matcher.push("N", true)).isEmpty();
    assertThat(matcher.push("D more", true)).isEmpty();
    assertThat(matcher.matched()).isTrue();
    assertThat(matcher.rest()).isEmpty();
  }

  @Test
  void what_only_looked_like_a_stop_comes_later() {
    StopMatcher matcher = new StopMatcher(List.of("END"), false);

    assertThat(matcher.push("EN", true)).isEmpty();
    assertThat(matcher.push("EN", true)).isEqualTo("EN");
    assertThat(matcher.rest()).isEqualTo("EN");
    assertThat(matcher.matched()).isFalse();
  }

  @Test
  void without_stops_everything_passes_at_once() {
    assertThat(new StopMatcher(List.of(), false).push("anything", true)).isEqualTo("anything");
  }

  @Test
  void any_text_in_any_pieces_ends_where_reading_character_by_character_ends_it() {
    for (long seed = 0; seed < 20_000; seed++) {
      Random random = new Random(seed);
      List<String> stops = new ArrayList<>();
      int count = 1 + random.nextInt(3);
      for (int i = 0; i < count; i++) {
        stops.add(letters(random, 1 + random.nextInt(4)));
      }
      String text = letters(random, random.nextInt(24));
      boolean included = random.nextBoolean();
      int exempt = random.nextBoolean() ? 0 : random.nextInt(text.length() + 1);
      String expected = expected(text, stops, exempt, included);
      StopMatcher matcher = new StopMatcher(stops, included);
      StringBuilder shown = new StringBuilder();
      int at = 0;
      while (at < text.length() && !matcher.matched()) {
        int end = Math.min(at < exempt ? exempt : text.length(), at + random.nextInt(5));
        shown.append(matcher.push(text.substring(at, end), end > exempt));
        assertThat(expected).as("seed %s", seed).startsWith(shown);
        at = end;
      }
      shown.append(matcher.rest());

      assertThat(shown.toString())
          .as("seed %s: %s in %s after %s", seed, stops, text, exempt)
          .isEqualTo(expected);
    }
  }

  @Test
  void a_stop_that_begins_where_none_counts_and_ends_beyond_it_counts() {
    StopMatcher matcher = new StopMatcher(List.of("END"), false);

    assertThat(matcher.push("END, E", false)).isEqualTo("END, ");
    assertThat(matcher.push("ND", true)).isEmpty();
    assertThat(matcher.matched()).isTrue();
  }

  @Test
  void a_stop_that_is_shown_ends_the_text() {
    StopMatcher matcher = new StopMatcher(List.of("END"), true);

    assertThat(matcher.push("say EN", true)).isEqualTo("say ");
    assertThat(matcher.push("D more", true)).isEqualTo("END");
  }

  /**
   * Reads character by character; where several stops end, the longest counts.
   *
   * @param exempt characters that no stop may end in
   */
  private static String expected(String text, List<String> stops, int exempt, boolean included) {
    for (int end = exempt + 1; end <= text.length(); end++) {
      int longest = 0;
      for (String stop : stops) {
        if (text.startsWith(stop, end - stop.length())) {
          longest = Math.max(longest, stop.length());
        }
      }
      if (longest > 0) {
        return text.substring(0, included ? end : end - longest);
      }
    }
    return text;
  }

  private static String letters(Random random, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append((char) ('a' + random.nextInt(2)));
    }
    return text.toString();
  }
}
