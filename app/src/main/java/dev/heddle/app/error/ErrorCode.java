package dev.heddle.app.error;

/**
 * Every code that a client may see. Names and statuses are stable: clients branch on them.
 *
 * <p>{@link #type} is the coarse class that OpenAI's clients know; {@link #code} is the code
 * itself, the same on both surfaces.
 */
public enum ErrorCode {
  INVALID_REQUEST(400, "invalid_request_error", "invalid_request"),
  MALFORMED_JSON(400, "invalid_request_error", "malformed_json"),
  /** The way to a provider and back took too long, or was begun elsewhere, or was gone before. */
  SIGN_IN_EXPIRED(400, "invalid_request_error", "sign_in_expired"),
  UNSUPPORTED_PARAMETER(400, "invalid_request_error", "unsupported_parameter"),
  CONTEXT_LENGTH_EXCEEDED(400, "invalid_request_error", "context_length_exceeded"),
  /** Found while the answer is generated, not when the request is read. */
  FORM_DEAD_END(400, "invalid_request_error", "form_dead_end"),
  REQUEST_OVER_LIMIT(400, "invalid_request_error", "request_over_limit"),
  INVALID_API_KEY(401, "authentication_error", "invalid_api_key"),
  INSUFFICIENT_PERMISSIONS(403, "permission_error", "insufficient_permissions"),
  CSRF_TOKEN_INVALID(403, "permission_error", "csrf_token_invalid"),
  SIGN_IN_REFUSED(403, "permission_error", "sign_in_refused"),
  MODEL_NOT_FOUND(404, "invalid_request_error", "model_not_found"),
  NOT_FOUND(404, "invalid_request_error", "not_found"),
  METHOD_NOT_ALLOWED(405, "invalid_request_error", "method_not_allowed"),
  NOT_ACCEPTABLE(406, "invalid_request_error", "not_acceptable"),
  REQUEST_TIMEOUT(408, "invalid_request_error", "request_timeout"),
  CONFLICT(409, "invalid_request_error", "conflict"),
  IDEMPOTENCY_IN_PROGRESS(409, "invalid_request_error", "idempotency_in_progress"),
  PRECONDITION_FAILED(412, "invalid_request_error", "precondition_failed"),
  TUS_VERSION_UNSUPPORTED(412, "invalid_request_error", "tus_version_unsupported"),
  REQUEST_TOO_LARGE(413, "invalid_request_error", "request_too_large"),
  STORAGE_QUOTA_EXCEEDED(413, "invalid_request_error", "storage_quota_exceeded"),
  UNSUPPORTED_MEDIA_TYPE(415, "invalid_request_error", "unsupported_media_type"),
  INVALID_ADAPTER(422, "invalid_request_error", "invalid_adapter"),
  IDEMPOTENCY_KEY_REUSED(422, "invalid_request_error", "idempotency_key_reused"),
  UPLOAD_BUSY(423, "invalid_request_error", "upload_busy"),
  /** A status that tus brings. */
  CHECKSUM_MISMATCH(460, "invalid_request_error", "checksum_mismatch"),
  RATE_LIMIT_EXCEEDED(429, "rate_limit_error", "rate_limit_exceeded"),
  QUEUE_FULL(429, "rate_limit_error", "queue_full"),
  INTERNAL_ERROR(500, "server_error", "internal_error"),
  /** Another replica was answering, and has gone. */
  REPLICA_LOST(503, "server_error", "replica_lost"),
  ADAPTER_UNAVAILABLE(503, "server_error", "adapter_unavailable"),
  PROVIDER_UNAVAILABLE(503, "server_error", "provider_unavailable"),
  DRAINING(503, "server_error", "draining"),
  /** What is asked for lies at another replica, which the message names. */
  UPLOAD_ELSEWHERE(503, "server_error", "upload_elsewhere"),
  DATABASE_UNAVAILABLE(503, "server_error", "database_unavailable"),
  /** The bucket, or the disk below the data folder. */
  STORE_UNAVAILABLE(503, "server_error", "store_unavailable");

  private final int status;
  private final String type;
  private final String code;

  ErrorCode(int status, String type, String code) {
    this.status = status;
    this.type = type;
    this.code = code;
  }

  /** HTTP status. */
  public int status() {
    return status;
  }

  /** The {@code type} of an OpenAI error body. */
  public String type() {
    return type;
  }

  /** The stable code. */
  public String code() {
    return code;
  }

  /**
   * Seconds after which trying again may help, 0 where it does not or where the failure itself
   * knows; at most 60.
   */
  public int retryAfterSeconds() {
    return switch (this) {
      case QUEUE_FULL, IDEMPOTENCY_IN_PROGRESS, UPLOAD_ELSEWHERE, REPLICA_LOST -> 1;
      case ADAPTER_UNAVAILABLE -> 10;
      case DRAINING, PROVIDER_UNAVAILABLE, DATABASE_UNAVAILABLE, STORE_UNAVAILABLE -> 5;
      default -> 0;
    };
  }
}
