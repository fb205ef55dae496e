package dev.heddle.app.error;

import dev.heddle.app.log.RequestLine;
import dev.heddle.experts.AdapterLoadException;
import dev.heddle.format.FormatException;
import dev.heddle.format.Violation;
import dev.heddle.registry.ConflictException;
import dev.heddle.registry.ElsewhereException;
import dev.heddle.registry.InvalidException;
import dev.heddle.registry.NotFoundException;
import dev.heddle.registry.PreconditionException;
import dev.heddle.registry.QuotaExceededException;
import dev.heddle.registry.RegistryException;
import dev.heddle.registry.UnavailableException;
import dev.heddle.registry.upload.ResumableUploads;
import dev.heddle.runtime.GenerationException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ResponseStatusException;

/** Turns whatever was thrown into an error that a client may see. */
public final class Errors {
  private static final Logger log = LoggerFactory.getLogger(Errors.class);

  private static final long RETRY_AFTER_MAX_SECONDS = 60;

  private Errors() {}

  /**
   * The client's view of a failure; what it must not see is logged here with the request's id.
   *
   * @param traceId of the trace that the request is in, empty if it is in none
   */
  public static ApiException of(Throwable failure, String requestId, String traceId) {
    ApiException seen =
        switch (failure) {
          case ApiException e -> e;
          case GenerationException e -> ofGeneration(e);
          case AdapterLoadException e -> unavailable(e);
          case FormatException e ->
              new ApiException(ErrorCode.INVALID_REQUEST, message(e), null, e.violations(), e);
          case RegistryException e -> ofRegistry(e);
          case DataBufferLimitException e ->
              new ApiException(
                  ErrorCode.REQUEST_TOO_LARGE, "The request's body is over the limit.");
          case RejectedExecutionException e ->
              new ApiException(
                  ErrorCode.QUEUE_FULL, "Too many requests are waiting; try again later.");
          case ResponseStatusException e -> ofStatus(e);
          default -> internal(failure);
        };
    if (seen.code().status() == 500) {
      RequestLine.of(log.atError().setCause(failure), requestId, traceId)
          .log("request {} failed", requestId);
    }
    return seen;
  }

  private static ApiException ofGeneration(GenerationException e) {
    return switch (e.kind()) {
      case INVALID -> new ApiException(ErrorCode.INVALID_REQUEST, message(e));
      case CONTEXT_LENGTH -> new ApiException(ErrorCode.CONTEXT_LENGTH_EXCEEDED, message(e));
      case QUEUE_FULL ->
          retryLater(
              new ApiException(
                  ErrorCode.QUEUE_FULL, "Too many requests are waiting; try again later."),
              e.retryAfter());
      case ADAPTER_UNAVAILABLE -> unavailable(e);
      case STOPPING ->
          new ApiException(ErrorCode.DRAINING, "This server is stopping; try another or later.");
      case DEAD_END ->
          new ApiException(
              ErrorCode.FORM_DEAD_END,
              "The answer came to a place where its form allows no token, because its grammar is"
                  + " too ambiguous there. Please simplify the form.");
      case INTERNAL -> internal(e);
    };
  }

  /** With the time that is known, else with that of its code. */
  private static ApiException retryLater(ApiException error, Duration after) {
    if (after.isZero()) {
      return error;
    }
    long seconds = Math.min(RETRY_AFTER_MAX_SECONDS, after.toSeconds() + 1);
    return error.withHeaders(Map.of(HttpHeaders.RETRY_AFTER, Long.toString(seconds)));
  }

  private static ApiException unavailable(RuntimeException cause) {
    return new ApiException(
        ErrorCode.ADAPTER_UNAVAILABLE,
        "The adapter could not be made resident in time; try again later.",
        null,
        List.of(),
        cause);
  }

  private static ApiException ofRegistry(RegistryException e) {
    ErrorCode code =
        switch (e) {
          case NotFoundException notFound -> ErrorCode.NOT_FOUND;
          case ConflictException busy when busy.code().equals(ResumableUploads.BUSY) ->
              ErrorCode.UPLOAD_BUSY;
          case ConflictException conflict -> ErrorCode.CONFLICT;
          case PreconditionException changed -> ErrorCode.PRECONDITION_FAILED;
          case InvalidException invalid -> ErrorCode.INVALID_REQUEST;
          case QuotaExceededException quota -> ErrorCode.STORAGE_QUOTA_EXCEEDED;
          case ElsewhereException elsewhere -> ErrorCode.UPLOAD_ELSEWHERE;
          case UnavailableException store when store.code().equals(UnavailableException.STORE) ->
              ErrorCode.STORE_UNAVAILABLE;
          case UnavailableException database -> ErrorCode.DATABASE_UNAVAILABLE;
        };
    List<Violation> violations =
        switch (e) {
          case InvalidException invalid -> invalid.violations();
          case QuotaExceededException quota ->
              List.of(new Violation(quota.code(), quota.limit(), message(quota)));
          default -> List.of();
        };
    return new ApiException(
        code, e.code().replace('-', '_'), message(e), null, violations, e.getCause());
  }

  private static ApiException ofStatus(ResponseStatusException e) {
    int status = e.getStatusCode().value();
    return switch (status) {
      case 404 -> new ApiException(ErrorCode.NOT_FOUND, "There is nothing at this path.");
      case 405 ->
          new ApiException(ErrorCode.METHOD_NOT_ALLOWED, "This path does not take this method.");
      case 406 ->
          new ApiException(
              ErrorCode.NOT_ACCEPTABLE, "None of the accepted media types can be produced.");
      case 413 ->
          new ApiException(ErrorCode.REQUEST_TOO_LARGE, "The request's body is over the limit.");
      case 415 ->
          new ApiException(
              ErrorCode.UNSUPPORTED_MEDIA_TYPE, "The body's media type must be application/json.");
      default ->
          status < 500 ? new ApiException(ErrorCode.INVALID_REQUEST, reason(e)) : internal(e);
    };
  }

  private static String reason(ResponseStatusException e) {
    String reason = e.getReason();
    return reason == null ? "The request cannot be read." : reason;
  }

  private static String message(Throwable e) {
    String message = e.getMessage();
    return message == null ? "The request cannot be served." : message;
  }

  private static ApiException internal(Throwable cause) {
    return new ApiException(
        ErrorCode.INTERNAL_ERROR,
        "The server failed on this request; its id is in x-request-id.",
        null,
        List.of(),
        cause);
  }
}
