package dev.heddle.app.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import dev.heddle.format.Violation;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.springframework.core.ResolvableType;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.MediaType;

class BodyDecoderTest {
  private final BodyDecoder decoder = new BodyDecoder();

  record Loom(String name, int heddles) {
    static Loom read(Fields fields) {
      return new Loom(fields.requiredString("name"), fields.integer("heddles", 1, 32, 4));
    }
  }

  record Shuttle(String name) {}

  @Test
  void a_body_is_read_by_its_types_own_method() {
    assertThat(decode("{\"name\":\"counterbalance\"}")).isEqualTo(new Loom("counterbalance", 4));
  }

  @Test
  void all_faults_are_in_the_one_refusal() {
    ApiException refusal =
        catchThrowableOfType(ApiException.class, () -> decode("{\"heddles\":33}"));

    assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
    assertThat(refusal.violations()).extracting(Violation::where).contains("name", "heddles");
  }

  @Test
  void what_is_no_object_is_malformed() {
    for (String body : new String[] {"[]", "{", "", "3"}) {
      assertThat(catchThrowableOfType(ApiException.class, () -> decode(body)).code())
          .as(body)
          .isEqualTo(ErrorCode.MALFORMED_JSON);
    }
  }

  @Test
  void types_that_do_not_say_how_they_are_read_are_left_to_others() {
    assertThat(decoder.canDecode(type(Loom.class), MediaType.APPLICATION_JSON)).isTrue();
    assertThat(decoder.canDecode(type(Loom.class), MediaType.TEXT_PLAIN)).isFalse();
    assertThat(decoder.canDecode(type(Shuttle.class), MediaType.APPLICATION_JSON)).isFalse();
  }

  private Object decode(String json) {
    return decoder.decode(
        DefaultDataBufferFactory.sharedInstance.wrap(json.getBytes(StandardCharsets.UTF_8)),
        type(Loom.class),
        MediaType.APPLICATION_JSON,
        null);
  }

  private static ResolvableType type(Class<?> type) {
    return ResolvableType.forClass(type);
  }
}
