package dev.heddle.app.refusal;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import dev.heddle.app.error.Errors;
import dev.heddle.app.error.Surface;
import dev.heddle.app.request.RequestId;
import dev.heddle.app.tracing.RequestTrace;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.MethodNotAllowedException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;
import reactor.netty.channel.AbortedException;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes every failed request's answer: as its door's clients read it: OpenAI's, Anthropic's, or
 * problem details for management.
 */
@Component
@Order(-2) // before the handlers that Spring brings
public final class ErrorHandler implements WebExceptionHandler {
  /** What clients ask whose base URL lacks {@code /v1}, or has it twice. */
  private static final Pattern MISPLACED =
      Pattern.compile(
          "/(v1/v1/.*|(chat/)?completions|models(/.*)?|embeddings|responses|messages(/.*)?)");

  private final RefusalLog refusals = new RefusalLog(System::nanoTime);

  @Override
  public Mono<Void> handle(ServerWebExchange exchange, Throwable failure) {
    ServerHttpResponse response = exchange.getResponse();
    if (failure instanceof AbortedException) {
      return Mono.empty(); // the client has gone
    }
    if (response.isCommitted()) {
      return Mono.error(failure);
    }
    String path = exchange.getRequest().getPath().value();
    boolean misplaced = MISPLACED.matcher(path).matches();
    ApiException error =
        Errors.of(failure, RequestId.of(exchange), RequestTrace.of(exchange).traceId());
    if (misplaced && error.code() == ErrorCode.NOT_FOUND) {
      error = new ApiException(ErrorCode.NOT_FOUND, hint(path));
    }
    Surface surface = misplaced ? Surface.OPENAI : Surface.of(path);
    boolean inference = surface != Surface.MANAGEMENT;
    writeHeaders(response, error, failure, inference);
    if (error.code() != ErrorCode.INTERNAL_ERROR && (inference || path.startsWith("/api/"))) {
      refusals.refused(exchange, error);
    }
    ObjectNode body = surface.body(error, path, RequestId.of(exchange));
    byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
    return UnreadBody.drop(exchange)
        .then(response.writeWith(Mono.fromSupplier(() -> response.bufferFactory().wrap(bytes))));
  }

  private static String hint(String path) {
    return path.startsWith("/v1/")
        ? "There is nothing at this path: /v1 stands twice in it. The base URL may end in /v1, or"
            + " the path begin with it."
        : "There is nothing at this path: the base URL must end in /v1, for /v1" + path + ".";
  }

  private static void writeHeaders(
      ServerHttpResponse response, ApiException error, Throwable failure, boolean inference) {
    ErrorCode code = error.code();
    HttpHeaders headers = response.getHeaders();
    response.setStatusCode(HttpStatusCode.valueOf(code.status()));
    headers.remove(HttpHeaders.CONTENT_LENGTH);
    headers.setContentType(
        inference ? MediaType.APPLICATION_JSON : MediaType.APPLICATION_PROBLEM_JSON);
    if (code.retryAfterSeconds() > 0) {
      headers.set(HttpHeaders.RETRY_AFTER, Integer.toString(code.retryAfterSeconds()));
    }
    error.headers().forEach(headers::set);
    if (code == ErrorCode.REQUEST_TIMEOUT) {
      UnreadBody.close(response); // what is missing may still come, and would be no request
    }
    if (code == ErrorCode.INVALID_API_KEY) {
      headers.set(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
    }
    if (failure instanceof MethodNotAllowedException wrong) {
      headers.setAllow(wrong.getSupportedMethods());
    }
  }
}
