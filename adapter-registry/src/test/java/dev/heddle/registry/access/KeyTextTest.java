package dev.heddle.registry.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KeyTextTest {
  @Test
  void a_key_reads_back_and_shows_its_secret_to_nobody() {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      KeyText key = KeyText.random();
      assertThat(key.text()).matches("hdl_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}");
      assertThat(KeyText.parse(key.text())).contains(key);
      assertThat(key.toString()).doesNotContain(key.secret());
      assertThat(seen.add(key.secret())).isTrue();
      assertThat(key.secretHash()).hasSize(32);
    }
  }

  @Test
  void a_key_with_any_character_changed_is_no_key() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 2000; i++) {
      String text = KeyText.random().text();
      int at = random.nextInt(text.length());
      char other = (char) ('!' + random.nextInt('~' - '!'));
      String changed = text.substring(0, at) + other + text.substring(at + 1);
      if (!changed.equals(text)) {
        assertThat(KeyText.parse(changed)).as("seed %s: %s > %s", seed, text, changed).isEmpty();
      }
      assertThat(KeyText.parse(text.substring(0, at))).isEmpty();
      assertThat(KeyText.parse(text + other)).isEmpty();
    }
  }
}
