package dev.heddle.app.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.heddle.app.error.ApiException;
import dev.heddle.format.Violations;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FieldsTest {
  @ParameterizedTest
  @CsvSource({"4.0, 4", "5e0, 5", "-1.0, -1", "7, 7", "1.0e2, 100"})
  void a_float_without_a_fraction_is_an_integer(String json, long expected) {
    Fields fields = fields("{\"n\": " + json + "}");
    assertThat(fields.integer64("n", -10, 1000)).isEqualTo(expected);
    fields.throwFaults();
  }

  @ParameterizedTest
  @ValueSource(strings = {"4.5", "1e400", "1e30", "\"4\"", "1001.0"})
  void other_numbers_are_none(String json) {
    Fields fields = fields("{\"n\": " + json + "}");
    assertThat(fields.integer64("n", -10, 1000)).isNull();
    assertThat(catchThrowableOfType(ApiException.class, fields::throwFaults).param())
        .isEqualTo("n");
  }

  @Test
  void many_faults_with_long_names_are_a_bounded_refusal() {
    StringBuilder json = new StringBuilder("{");
    for (int i = 0; i < 1000; i++) {
      json.append("\"").append("\u6f22".repeat(500)).append(i).append("\":1,");
    }
    Fields fields = fields(json.append("\"x\":1}").toString());
    fields.allowOnly("a");
    for (int i = 0; i < 100; i++) {
      fields.fault("place", "is wrong " + "\u0001".repeat(1000));
    }
    ApiException refusal = catchThrowableOfType(ApiException.class, fields::throwFaults);
    assertThat(refusal.violations()).hasSize(Violations.MOST + 1);
    assertThat(refusal.violations().getLast().message()).contains("100 more");
    assertThat(refusal.getMessage()).hasSizeLessThan(2100);
    assertThat(String.valueOf(refusal.violations()).getBytes(StandardCharsets.UTF_8))
        .hasSizeLessThan(48 << 10);
  }

  private static Fields fields(String json) {
    return new Fields(JsonBody.parse(json.getBytes(StandardCharsets.UTF_8)));
  }
}
