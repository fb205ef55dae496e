package dev.heddle.app.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import reactor.core.publisher.Flux;

class JsonBodyTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[1]",
        "3",
        "{\"a\":1}{",
        "{\"a\":1,\"a\":2}",
        "{\"a\":NaN}",
        "{'a':1}",
        "{\"a\":01}",
        "{\"a\":\"\u0001\"}",
        "{\"a\":1,}",
        "null"
      })
  void what_is_not_one_json_object_is_refused(String body) {
    assertThat(refuse(body.getBytes(StandardCharsets.UTF_8)).code())
        .isEqualTo(ErrorCode.MALFORMED_JSON);
  }

  @Test
  void deep_json_and_bad_utf8_are_refused() {
    assertThat(refuse("[".repeat(100_000).getBytes(StandardCharsets.UTF_8)).code())
        .isEqualTo(ErrorCode.MALFORMED_JSON);
    assertThat(refuse(new byte[] {'{', '"', (byte) 0xC3, '"', ':', '1', '}'}).code())
        .isEqualTo(ErrorCode.MALFORMED_JSON);
  }

  @Test
  void random_bytes_never_do_worse_than_being_refused() {
    byte[] valid = "{\"model\":\"m\",\"n\":[1,2.5e3,null,true]}".getBytes(StandardCharsets.UTF_8);
    for (long seed = 0; seed < 5000; seed++) {
      Random random = new Random(seed);
      byte[] body = valid.clone();
      for (int i = random.nextInt(4); i >= 0; i--) {
        body[random.nextInt(body.length)] = (byte) random.nextInt();
      }
      try {
        assertThat(JsonBody.parse(body)).as("seed %s", seed).isNotNull();
      } catch (ApiException refused) {
        assertThat(refused.code()).as("seed %s", seed).isEqualTo(ErrorCode.MALFORMED_JSON);
      }
    }
  }

  @Test
  void a_body_over_the_limit_is_refused_whether_its_length_is_stated_or_not() {
    byte[] body = new byte[101];
    var stated = MockServerHttpRequest.post("/").contentLength(101).body(Flux.empty());
    var chunked =
        MockServerHttpRequest.post("/")
            .body(Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(body)));

    for (var request : java.util.List.of(stated, chunked)) {
      ApiException refused =
          catchThrowableOfType(ApiException.class, () -> JsonBody.read(request, 100).block());
      assertThat(refused.code()).isEqualTo(ErrorCode.REQUEST_TOO_LARGE);
    }
  }

  private static ApiException refuse(byte[] body) {
    return catchThrowableOfType(ApiException.class, () -> JsonBody.parse(body));
  }
}
