package dev.heddle.app.request;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Refuses what HTTP says to refuse and servers often let pass, and paths that a proxy may read
 * otherwise than this server does. Comes before the key is looked at.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 10)
public final class RequestRules implements WebFilter {
  private static final String MODELS = "/v1/models/";

  /** Parameters, backslashes, empty and dot segments, and codes of those, of %, and of controls. */
  private static final Pattern AMBIGUOUS =
      Pattern.compile("(?i)[;\\\\]|//|/\\.{1,2}(?=/|$)|%(?:2e|2f|3b|5c|25|7f|[01][0-9a-f])");

  private static final Pattern CODED_SLASH = Pattern.compile("(?i)%2f");

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    ServerHttpRequest request = exchange.getRequest();
    @Nullable ApiException fault =
        fault(
            version(request), request.getMethod(), request.getPath().value(), request.getHeaders());
    unchunk(exchange);
    return fault == null ? chain.filter(exchange) : Mono.error(fault);
  }

  static @Nullable ApiException fault(
      String version, HttpMethod method, String path, HttpHeaders headers) {
    int hosts = headers.getOrEmpty(HttpHeaders.HOST).size();
    if (hosts > 1 || (hosts == 0 && version.equals("HTTP/1.1"))) {
      return new ApiException(
          ErrorCode.INVALID_REQUEST, "A request has exactly one Host header.", HttpHeaders.HOST);
    }
    if (isAmbiguous(path)) {
      return new ApiException(
          ErrorCode.INVALID_REQUEST,
          "A path has no empty or dot segments, no ';' or '\\', and no percent-encoded '/', '.',"
              + " ';', '\\', '%' or control characters.");
    }
    if (isCoded(headers)) {
      return new ApiException(
              ErrorCode.UNSUPPORTED_MEDIA_TYPE,
              "A body must have no Content-Encoding.",
              HttpHeaders.CONTENT_ENCODING)
          .withHeaders(Map.of(HttpHeaders.ACCEPT_ENCODING, "identity"));
    }
    if (method.equals(HttpMethod.PUT) && headers.containsHeader(HttpHeaders.CONTENT_RANGE)) {
      return new ApiException(
          ErrorCode.INVALID_REQUEST,
          "A PUT replaces the whole and takes no Content-Range; files come in parts over tus.",
          HttpHeaders.CONTENT_RANGE);
    }
    return null;
  }

  /**
   * Whether others may read the path otherwise. Clients encode the slash of a model's {@code
   * owner/name}; as the id is all the rest of that path, both spellings mean the same there.
   */
  private static boolean isAmbiguous(String path) {
    if (isPlain(path)) {
      return false;
    }
    String read = path.startsWith(MODELS) ? CODED_SLASH.matcher(path).replaceAll("/") : path;
    return AMBIGUOUS.matcher(read).find();
  }

  /** Nearly every path is: nothing in it could be read in two ways. */
  private static boolean isPlain(String path) {
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      boolean emptySegment = c == '/' && i > 0 && path.charAt(i - 1) == '/';
      if (emptySegment || c == '.' || c == '%' || c == ';' || c == '\\') {
        return false;
      }
    }
    return true;
  }

  private static boolean isCoded(HttpHeaders headers) {
    List<String> codings = headers.getOrEmpty(HttpHeaders.CONTENT_ENCODING);
    return codings.stream()
        .flatMap(value -> List.of(value.split(",", -1)).stream())
        .map(coding -> coding.strip().toLowerCase(Locale.ROOT))
        .anyMatch(coding -> !coding.isEmpty() && !coding.equals("identity"));
  }

  /** HTTP/1.0 knows no chunks: what has no length ends with the connection. */
  private static void unchunk(ServerWebExchange exchange) {
    if (version(exchange.getRequest()).equals("HTTP/1.0")) {
      HttpServerResponse response =
          ServerHttpResponseDecorator.getNativeResponse(exchange.getResponse());
      response.chunkedTransfer(false);
    }
  }

  private static String version(ServerHttpRequest request) {
    HttpServerRequest netty = ServerHttpRequestDecorator.getNativeRequest(request);
    return netty.version().text();
  }
}
