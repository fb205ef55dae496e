package dev.heddle.app.serving;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import dev.heddle.app.quota.Demand;
import dev.heddle.app.quota.QuotaException;
import dev.heddle.app.quota.QuotaGate;
import dev.heddle.app.quota.QuotaHeaders;
import dev.heddle.app.quota.RequestTurn;
import dev.heddle.app.quota.Reservation;
import dev.heddle.registry.snapshot.VersionRef;
import dev.heddle.runtime.GenerationRequest;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.springframework.http.HttpHeaders;
import reactor.core.publisher.Flux;

/** What an answer asks of its tenant's limits, and how the client hears of them. */
public final class Admission {
  private Admission() {}

  /**
   * Takes what an answer needs, and does what it needs that for; fails with RATE_LIMIT_EXCEEDED, or
   * REQUEST_OVER_LIMIT for what would never fit.
   *
   * @param slots that a version needs when nothing is shared
   * @param turn that the request took before it was read
   * @param headers of the response, told what is left before anything is done
   * @param work as in {@link QuotaGate#admitted}
   */
  static <T> Flux<T> of(
      QuotaGate gate,
      ToIntFunction<VersionRef> slots,
      Answer answer,
      RequestTurn turn,
      HttpHeaders headers,
      Function<Reservation, Flux<T>> work) {
    return gate.admitted(
            demand(answer, slots),
            turn,
            reservation -> {
              QuotaHeaders.of(reservation.consumption()).forEach(headers::set);
              return work.apply(reservation);
            })
        .onErrorMap(QuotaException.class, Admission::refusal);
  }

  private static Demand demand(Answer answer, ToIntFunction<VersionRef> slots) {
    AnswerHead head = answer.head();
    long tokens = 0;
    for (Answer.Prompt prompt : answer.prompts()) {
      GenerationRequest request = prompt.request();
      tokens += request.prompt().length + (long) request.maxTokens() * request.choices();
    }
    VersionRef version = head.model().version();
    return new Demand(
        head.caller().tenantId(),
        tokens,
        answer.choices(),
        head.adapter(),
        version == null ? 0 : slots.applyAsInt(version));
  }

  /** What the client hears of a limit that refuses it. */
  public static ApiException refusal(QuotaException e) {
    String limit = e.limit().text();
    Map<String, String> headers = new HashMap<>(QuotaHeaders.of(e.consumption()));
    headers.put(QuotaHeaders.LIMIT, limit);
    if (e.isForGood()) {
      String message =
          "The request needs %d of the limit %s, which is %d."
              .formatted(e.asked(), limit, e.allowed());
      return new ApiException(ErrorCode.REQUEST_OVER_LIMIT, message, limit).withHeaders(headers);
    }
    long seconds = e.retryAfterSeconds();
    headers.put(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
    String message =
        "The limit %s of %d is reached; try again in %d s.".formatted(limit, e.allowed(), seconds);
    return new ApiException(ErrorCode.RATE_LIMIT_EXCEEDED, message, limit).withHeaders(headers);
  }
}
