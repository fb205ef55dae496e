package dev.heddle.app.request;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestIdTest {
  @Test
  void a_sane_id_is_kept() {
    assertThat(RequestId.choose("req-42/a:b")).isEqualTo("req-42/a:b");
    assertThat(RequestId.choose("x".repeat(128))).hasSize(128);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a\nb", "\u00e9", "a\tb"})
  void an_id_that_could_forge_a_log_is_replaced(String given) {
    assertThat(RequestId.choose(given)).isNotEqualTo(given).hasSize(36);
  }

  @Test
  void an_absent_or_endless_id_is_replaced() {
    assertThat(RequestId.choose(null)).hasSize(36);
    assertThat(RequestId.choose("x".repeat(129))).hasSize(36);
  }
}
