package dev.heddle.app.request;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import dev.heddle.format.FormatException;
import dev.heddle.format.Json;
import java.util.function.Function;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.server.reactive.ServerHttpRequest;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Bodies that are one JSON object. */
public final class JsonBody {
  private static final byte[] NOTHING = {};

  private JsonBody() {}

  /**
   * The request's body, empty if it has none. Ends with REQUEST_TOO_LARGE as soon as the limit is
   * passed, without reading on.
   */
  public static Mono<byte[]> read(ServerHttpRequest request, long maxBytes) {
    if (request.getHeaders().getContentLength() > maxBytes) {
      return Mono.error(tooLarge(maxBytes));
    }
    return DataBufferUtils.join(request.getBody(), (int) Math.min(Integer.MAX_VALUE, maxBytes))
        .map(JsonBody::take)
        .onErrorMap(
            org.springframework.core.io.buffer.DataBufferLimitException.class,
            e -> tooLarge(maxBytes))
        .defaultIfEmpty(NOTHING);
  }

  /**
   * Reads a body through its tree, which is dropped when {@code reader} returns: what it answers
   * must not hold the tree. Memory of the tree is taken from {@link InFlightBudget#HEAP} meanwhile.
   *
   * @throws ApiException MALFORMED_JSON if it is not a JSON object; INVALID_REQUEST if its tree
   *     would never fit the budget, QUEUE_FULL if it does not fit now
   */
  public static <T> T parse(byte[] body, Function<ObjectNode, T> reader) {
    long bytes = InFlightBudget.treeBytes(body);
    try (InFlightBudget.Charge charge = InFlightBudget.HEAP.open()) {
      charge.add(bytes, "The body");
      return reader.apply(parse(body));
    }
  }

  /**
   * @throws ApiException MALFORMED_JSON if it is not a JSON object
   */
  static ObjectNode parse(byte[] body) {
    JsonNode value;
    try {
      value = Json.parse(body, "body");
    } catch (FormatException e) {
      throw new ApiException(
          ErrorCode.MALFORMED_JSON,
          "The body is not valid JSON: " + e.violations().getFirst().message() + ".",
          null,
          e.violations(),
          null);
    }
    if (value instanceof ObjectNode object) {
      return object;
    }
    throw new ApiException(ErrorCode.MALFORMED_JSON, "The body must be a JSON object.");
  }

  private static byte[] take(DataBuffer buffer) {
    byte[] bytes = new byte[buffer.readableByteCount()];
    buffer.read(bytes);
    DataBufferUtils.release(buffer);
    return bytes;
  }

  private static ApiException tooLarge(long maxBytes) {
    return new ApiException(
        ErrorCode.REQUEST_TOO_LARGE, "The body is over the limit of " + maxBytes + " bytes.");
  }
}
