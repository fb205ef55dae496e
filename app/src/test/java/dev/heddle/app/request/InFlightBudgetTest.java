package dev.heddle.app.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.core.publisher.Flux;

class InFlightBudgetTest {
  private final InFlightBudget budget = new InFlightBudget(1000);

  @Test
  void what_others_hold_is_refused_with_429_until_they_close() {
    try (InFlightBudget.Charge first = budget.open();
        InFlightBudget.Charge second = budget.open()) {
      first.add(700, "The body");
      assertThat(refused(second, 301)).isEqualTo(ErrorCode.QUEUE_FULL);
      second.add(300, "The body");
      first.close();
      first.close();
      second.add(700, "The body");
      assertThat(budget.taken()).isEqualTo(1000);
    }
    assertThat(budget.taken()).isZero();
  }

  @Test
  void what_would_never_fit_is_refused_with_400() {
    try (InFlightBudget.Charge charge = budget.open()) {
      charge.add(999, "The body");
      assertThat(refused(charge, 2)).isEqualTo(ErrorCode.INVALID_REQUEST);
    }
    assertThat(budget.taken()).isZero();
  }

  @Test
  void a_tree_costs_by_its_values_and_a_text_by_its_bytes() {
    String objects = "[" + "{},".repeat(10_000) + "{}]";
    String text = "[\"" + "{},".repeat(10_000) + "\\\"{}\"]";
    assertThat(tree(objects)).isGreaterThan(100L * objects.length());
    assertThat(tree(text)).isLessThan(7L * text.length());
  }

  @Test
  void bytes_of_a_body_are_held_as_they_come_and_read_no_further_than_the_budget() {
    int[] sent = {0};
    MockServerHttpRequest request =
        MockServerHttpRequest.post("/x")
            .header("Content-Type", "application/json")
            .body(
                Flux.range(0, 100)
                    .map(i -> {
                      sent[0]++;
                      return DefaultDataBufferFactory.sharedInstance.wrap(new byte[100]);
                    }));
    ApiException refusal =
        catchThrowableOfType(
            ApiException.class,
            () ->
                new BodyBudget(budget)
                    .filter(
                        MockServerWebExchange.from(request),
                        inner -> DataBufferUtils.join(inner.getRequest().getBody()).then())
                    .block());
    assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
    assertThat(sent[0]).isEqualTo(11);
    assertThat(budget.taken()).isZero();
  }

  private static long tree(String json) {
    return InFlightBudget.treeBytes(json.getBytes(StandardCharsets.UTF_8));
  }

  private static ErrorCode refused(InFlightBudget.Charge charge, long bytes) {
    return catchThrowableOfType(ApiException.class, () -> charge.add(bytes, "The body")).code();
  }
}
