package dev.heddle.app.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.app.error.ApiException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;

class ETagsTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      value = {"'\"3\"',3", "' \"42\" ',42", "'W/\"3\"',-1", "'\"x\"',-1", "'\"03\"',-1", "*,"})
  void a_tag_of_ours_is_its_revision_and_any_other_matches_nothing(
      String header, @Nullable Long revision) {
    assertThat(ETags.expected(with("If-Match", header))).isEqualTo(revision);
  }

  @ParameterizedTest
  @ValueSource(strings = {"3", "\"3", "\"3\", \"4\"", "", "W/3"})
  void what_is_no_tag_is_refused(String header) {
    assertThatThrownBy(() -> ETags.expected(with("If-Match", header)))
        .isInstanceOf(ApiException.class);
  }

  @Test
  void a_request_without_conditions_expects_no_revision() {
    assertThat(ETags.expected(with("Accept", "*/*"))).isNull();
    assertThat(ETags.wantsExisting(with("Accept", "*/*"))).isFalse();
  }

  @Test
  void a_star_means_new_in_one_header_and_existing_in_the_other() {
    assertThat(ETags.expected(with("If-None-Match", "*"))).isEqualTo(0);
    assertThat(ETags.wantsExisting(with("If-Match", "*"))).isTrue();
  }

  private static MockServerWebExchange with(String name, String value) {
    return MockServerWebExchange.from(MockServerHttpRequest.get("/").header(name, value));
  }
}
