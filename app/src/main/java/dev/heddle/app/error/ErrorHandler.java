package dev.heddle.app.error;

import dev.heddle.app.request.RequestId;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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
 * Writes every failed request's answer: under {@code /v1} as OpenAI's clients read it, elsewhere as
 * problem details.
 */
@Component
@Order(-2) // before the handlers that Spring brings
public final class ErrorHandler implements WebExceptionHandler {
  private static final Logger log = LoggerFactory.getLogger("heddle.requests");

  @Override
  public Mono<Void> handle(ServerWebExchange exchange, Throwable failure) {
    ServerHttpResponse response = exchange.getResponse();
    if (failure instanceof AbortedException) {
      return Mono.empty(); // the client has gone
    }
    if (response.isCommitted()) {
      return Mono.error(failure);
    }
    ApiException error = Errors.of(failure, RequestId.of(exchange));
    String path = exchange.getRequest().getPath().value();
    boolean openAi = path.equals("/v1") || path.startsWith("/v1/");
    writeHeaders(response, error, failure, openAi);
    log.info(
        "id={} refused status={} code={}",
        RequestId.of(exchange),
        error.code().status(),
        error.code().code());
    ObjectNode body = openAi ? ErrorBodies.openAi(error) : ErrorBodies.problem(error, path);
    byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
    return UnreadBody.drop(exchange)
        .then(response.writeWith(Mono.fromSupplier(() -> response.bufferFactory().wrap(bytes))));
  }

  private static void writeHeaders(
      ServerHttpResponse response, ApiException error, Throwable failure, boolean openAi) {
    ErrorCode code = error.code();
    HttpHeaders headers = response.getHeaders();
    response.setStatusCode(HttpStatusCode.valueOf(code.status()));
    headers.remove(HttpHeaders.CONTENT_LENGTH);
    headers.setContentType(
        openAi ? MediaType.APPLICATION_JSON : MediaType.APPLICATION_PROBLEM_JSON);
    if (code.retryAfterSeconds() > 0) {
      headers.set(HttpHeaders.RETRY_AFTER, Integer.toString(code.retryAfterSeconds()));
    }
    error.headers().forEach(headers::set);
    if (code == ErrorCode.INVALID_API_KEY) {
      headers.set(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
    }
    if (failure instanceof MethodNotAllowedException wrong) {
      headers.setAllow(wrong.getSupportedMethods());
    }
  }
}
