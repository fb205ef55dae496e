package dev.heddle.app.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StopMatcherTest {
  @Test
  void a_stop_across_pieces_ends_the_text_before_it() {
    StopMatcher matcher = new StopMatcher(List.of("END"));

    assertThat(matcher.push("say E")).isEqualTo("say ");
    assertThat(matcher.push("N")).isEmpty();
    assertThat(matcher.push("D more")).isEmpty();
    assertThat(matcher.matched()).isTrue();
    assertThat(matcher.rest()).isEmpty();
  }

  @Test
  void what_only_looked_like_a_stop_comes_later() {
    StopMatcher matcher = new StopMatcher(List.of("END"));

    assertThat(matcher.push("EN")).isEmpty();
    assertThat(matcher.push("EN")).isEqualTo("EN");
    assertThat(matcher.rest()).isEqualTo("EN");
    assertThat(matcher.matched()).isFalse();
  }

  @Test
  void without_stops_everything_passes_at_once() {
    assertThat(new StopMatcher(List.of()).push("anything")).isEqualTo("anything");
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
      StopMatcher matcher = new StopMatcher(stops);
      StringBuilder shown = new StringBuilder();
      int at = 0;
      while (at < text.length() && !matcher.matched()) {
        int end = Math.min(text.length(), at + random.nextInt(5));
        shown.append(matcher.push(text.substring(at, end)));
        assertThat(expected(text, stops)).as("seed %s", seed).startsWith(shown);
        at = end;
      }
      shown.append(matcher.rest());

      assertThat(shown.toString())
          .as("seed %s: %s in %s", seed, stops, text)
          .isEqualTo(expected(text, stops));
      assertThat(matcher.matched()).isEqualTo(shown.length() < text.length());
    }
  }

  /** Reads character by character; where several stops end, the longest counts. */
  private static String expected(String text, List<String> stops) {
    for (int end = 1; end <= text.length(); end++) {
      int longest = 0;
      for (String stop : stops) {
        if (text.startsWith(stop, end - stop.length())) {
          longest = Math.max(longest, stop.length());
        }
      }
      if (longest > 0) {
        return text.substring(0, end - longest);
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
