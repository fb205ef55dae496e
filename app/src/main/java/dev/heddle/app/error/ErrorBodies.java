package dev.heddle.app.error;

import dev.heddle.format.Violation;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** An error as each surface shows it. */
public final class ErrorBodies {
  private static final int INSTANCE_MAX = 4000;

  private ErrorBodies() {}

  /** OpenAI's shape: {@code {"error": {message, type, param, code}}}. */
  public static ObjectNode openAi(ApiException error) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.putObject("error")
        .put("message", error.getMessage())
        .put("type", error.code().type())
        .put("param", error.param())
        .put("code", error.code().code());
    return body;
  }

  /** Anthropic's shape: {@code {"type": "error", "error": {type, message}, "request_id"}}. */
  public static ObjectNode anthropic(ApiException error, String requestId) {
    ObjectNode body = JsonNodeFactory.instance.objectNode().put("type", "error");
    body.putObject("error")
        .put("type", anthropicType(error.code()))
        .put("message", error.getMessage());
    return body.put("request_id", requestId);
  }

  private static String anthropicType(ErrorCode code) {
    return switch (code.status()) {
      case 401 -> "authentication_error";
      case 403 -> "permission_error";
      case 404 -> "not_found_error";
      case 413 -> "request_too_large";
      case 429 -> "rate_limit_error";
      case 503 -> "overloaded_error";
      default -> code.status() < 500 ? "invalid_request_error" : "api_error";
    };
  }

  /** Problem details (RFC 9457) with the stable {@code code} and every violation. */
  public static ObjectNode problem(ApiException error, String path) {
    ErrorCode code = error.code();
    ObjectNode body =
        JsonNodeFactory.instance
            .objectNode()
            .put("type", "urn:heddle:problem:" + error.reason())
            .put("title", title(code))
            .put("status", code.status())
            .put("detail", error.getMessage())
            .put("instance", Violation.printable(path, INSTANCE_MAX))
            .put("code", error.reason());
    ArrayNode violations = body.putArray("violations");
    for (Violation violation : error.violations()) {
      violations
          .addObject()
          .put("code", violation.code())
          .put("where", violation.where())
          .put("message", violation.message());
    }
    return body;
  }

  private static String title(ErrorCode code) {
    String words = code.code().replace('_', ' ');
    return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
  }
}
