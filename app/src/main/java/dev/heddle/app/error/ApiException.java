package dev.heddle.app.error;

import dev.heddle.format.Violation;
import dev.heddle.format.Violations;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request that ends in an error its sender is told about. */
public final class ApiException extends RuntimeException {
  /** The most characters of a message; with it and the violations an answer is under 64 KiB. */
  private static final int MESSAGE_MAX = 2000;

  private final ErrorCode code;
  private final String reason;
  private final @Nullable String param;
  private final transient List<Violation> violations;
  private final transient Map<String, String> headers;

  public ApiException(ErrorCode code, String message) {
    this(code, message, null, List.of(), null);
  }

  public ApiException(ErrorCode code, String message, @Nullable String param) {
    this(code, message, param, List.of(), null);
  }

  /** A request with several faults, all of them named. */
  public ApiException(ErrorCode code, String message, List<Violation> violations) {
    this(code, message, null, violations, null);
  }

  /**
   * @param message for the client: no internals
   * @param param the request's field at fault, null if no single one is
   * @param violations what is wrong with an input, possibly none
   * @param cause for the log, never for the client
   */
  public ApiException(
      ErrorCode code,
      String message,
      @Nullable String param,
      List<Violation> violations,
      @Nullable Throwable cause) {
    this(code, code.code(), message, param, violations, cause);
  }

  /**
   * @param reason a code finer than {@code code}'s own, as management shows it
   */
  ApiException(
      ErrorCode code,
      String reason,
      String message,
      @Nullable String param,
      List<Violation> violations,
      @Nullable Throwable cause) {
    this(code, reason, message, param, violations, cause, Map.of());
  }

  private ApiException(
      ErrorCode code,
      String reason,
      @Nullable String message,
      @Nullable String param,
      List<Violation> violations,
      @Nullable Throwable cause,
      Map<String, String> headers) {
    super(message == null ? null : Violation.printable(message, MESSAGE_MAX), cause);
    this.code = code;
    this.reason = reason;
    this.param = param == null ? null : Violation.printable(param, Violation.WHERE_MAX);
    this.violations = Violations.bounded(violations);
    this.headers = Map.copyOf(headers);
  }

  /** The same with headers of its answer, beside those that its code brings. */
  public ApiException withHeaders(Map<String, String> headers) {
    return new ApiException(code, reason, getMessage(), param, violations, getCause(), headers);
  }

  public ErrorCode code() {
    return code;
  }

  /** The code that management shows. */
  public String reason() {
    return reason;
  }

  public Map<String, String> headers() {
    return headers;
  }

  public @Nullable String param() {
    return param;
  }

  public List<Violation> violations() {
    return violations;
  }
}
