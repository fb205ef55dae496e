package dev.heddle.app.error;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.Violation;
import dev.heddle.registry.ConflictException;
import dev.heddle.registry.InvalidException;
import dev.heddle.registry.NotFoundException;
import dev.heddle.registry.UnavailableException;
import dev.heddle.runtime.GenerationException;
import dev.heddle.runtime.GenerationException.Kind;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.server.ResponseStatusException;
import tools.jackson.databind.node.ObjectNode;

class ErrorsTest {
  @ParameterizedTest
  @CsvSource({
    "INVALID, 400, invalid_request",
    "CONTEXT_LENGTH, 400, context_length_exceeded",
    "QUEUE_FULL, 429, queue_full",
    "ADAPTER_UNAVAILABLE, 503, adapter_unavailable",
    "STOPPING, 503, draining",
    "DEAD_END, 400, form_dead_end",
    "INTERNAL, 500, internal_error"
  })
  void every_refusal_of_the_engine_has_its_status_and_code(Kind kind, int status, String code) {
    ErrorCode seen = Errors.of(new GenerationException(kind, "why"), "id", "").code();

    assertThat(seen.status()).isEqualTo(status);
    assertThat(seen.code()).isEqualTo(code);
  }

  @ParameterizedTest
  @CsvSource({
    "400, 400",
    "404, 404",
    "405, 405",
    "406, 406",
    "413, 413",
    "415, 415",
    "422, 400",
    "500, 500"
  })
  void statuses_of_the_framework_become_codes(int thrown, int shown) {
    assertThat(
            Errors.of(new ResponseStatusException(HttpStatusCode.valueOf(thrown)), "id", "")
                .code()
                .status())
        .isEqualTo(shown);
  }

  @Test
  void a_defect_tells_nothing_of_itself() {
    ApiException seen = Errors.of(new IllegalStateException("secret path /etc/x"), "id", "");

    assertThat(seen.code()).isEqualTo(ErrorCode.INTERNAL_ERROR);
    assertThat(ErrorBodies.openAi(seen).toString()).doesNotContain("secret");
    assertThat(ErrorBodies.problem(seen, "/p").toString()).doesNotContain("secret");
  }

  @Test
  void the_registry_s_refusals_keep_their_codes() {
    assertThat(problem(new NotFoundException("adapter", "x")).path("code").stringValue())
        .isEqualTo("adapter_not_found");
    ObjectNode conflict = problem(new ConflictException("version-published", "it is published"));
    assertThat(conflict.path("code").stringValue()).isEqualTo("version_published");
    assertThat(conflict.path("status").intValue()).isEqualTo(409);
    assertThat(
            problem(UnavailableException.database("the database", new IOException("host x")))
                .path("status")
                .intValue())
        .isEqualTo(503);
    ObjectNode store = problem(UnavailableException.store("the bucket", new IOException("host x")));
    assertThat(store.path("code").stringValue()).isEqualTo("store_unavailable");
    assertThat(store.path("status").intValue()).isEqualTo(503);
    assertThat(store.toString()).doesNotContain("host x");
  }

  @Test
  void a_problem_names_every_violation() {
    ObjectNode problem =
        problem(
            new InvalidException(
                List.of(new Violation("a", "here", "wrong"), new Violation("b", "there", "bad"))));

    assertThat(problem.path("violations")).hasSize(2);
    assertThat(problem.path("violations").path(1).path("where").stringValue()).isEqualTo("there");
    assertThat(problem.path("instance").stringValue()).isEqualTo("/path");
  }

  @Test
  void openai_clients_find_message_type_param_and_code() {
    ObjectNode body =
        ErrorBodies.openAi(new ApiException(ErrorCode.MODEL_NOT_FOUND, "no such model", "model"));

    assertThat(body.toString())
        .isEqualTo(
            "{\"error\":{\"message\":\"no such model\",\"type\":\"invalid_request_error\","
                + "\"param\":\"model\",\"code\":\"model_not_found\"}}");
  }

  @Test
  void what_may_be_tried_again_says_when_within_a_minute() {
    // How long a limit lasts, only the limit knows.
    assertThat(
            Arrays.stream(ErrorCode.values())
                .filter(code -> code != ErrorCode.RATE_LIMIT_EXCEEDED)
                .filter(code -> code.status() == 503 || code.status() == 429))
        .allSatisfy(code -> assertThat(code.retryAfterSeconds()).isBetween(1, 60));
  }

  private static ObjectNode problem(Throwable failure) {
    return ErrorBodies.problem(Errors.of(failure, "id", ""), "/path");
  }
}
