package dev.heddle.app.request;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RestOfPathTest {
  @ParameterizedTest
  @CsvSource({"'',''", "/,''", "/a.json,a.json", "/owner/name@3,owner/name@3", "//a,/a", "/a/,a/"})
  void one_slash_before_the_rest_goes_and_no_other(String variable, String rest) {
    assertThat(RestOfPath.of(variable)).isEqualTo(rest);
  }
}
