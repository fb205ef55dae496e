package dev.heddle.app.error;

import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** Whose clients ask at a path, and read errors in their own shape. */
public enum Surface {
  OPENAI,
  ANTHROPIC,
  MANAGEMENT;

  /** Paths of inference that are not under {@code /v1}. */
  private static final Set<String> ROOTED = Set.of("/tokenize", "/detokenize");

  public static Surface of(String path) {
    if (path.equals("/v1/messages") || path.startsWith("/v1/messages/")) {
      return ANTHROPIC;
    }
    boolean inference = path.equals("/v1") || path.startsWith("/v1/") || ROOTED.contains(path);
    return inference ? OPENAI : MANAGEMENT;
  }

  /** The error as this surface's clients read it. */
  public ObjectNode body(ApiException error, String path, String requestId) {
    return switch (this) {
      case OPENAI -> ErrorBodies.openAi(error);
      case ANTHROPIC -> ErrorBodies.anthropic(error, requestId);
      case MANAGEMENT -> ErrorBodies.problem(error, path);
    };
  }
}
