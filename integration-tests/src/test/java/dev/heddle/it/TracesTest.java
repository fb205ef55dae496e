package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Requests are told to a collector as spans: one that takes OpenTelemetry's protocol. */
class TracesTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String CLIENT_SPAN = "00f067aa0ba902b7";

  private static final List<Span> SPANS = new CopyOnWriteArrayList<>();
  private static HttpServer collector;
  private static PlatformFixture platform;

  @BeforeAll
  static void start() throws IOException {
    collector = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    collector.createContext("/v1/traces", TracesTest::collect);
    collector.start();
    platform =
        PlatformFixture.start(
            List.of("sql"),
            PlatformFixture.memory(300),
            "--heddle.tracing.endpoint=http://127.0.0.1:" + collector.getAddress().getPort());
  }

  @AfterAll
  static void stop() {
    collector.stop(0);
  }

  private static void collect(HttpExchange exchange) throws IOException {
    boolean zipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
    InputStream body = exchange.getRequestBody();
    try (InputStream in = zipped ? new GZIPInputStream(body) : body) {
      ExportTraceServiceRequest.parseFrom(in).getResourceSpansList().stream()
          .flatMap(resource -> resource.getScopeSpansList().stream())
          .forEach(scope -> SPANS.addAll(scope.getSpansList()));
    }
    exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
    exchange.sendResponseHeaders(200, 0);
    exchange.close();
  }

  @Test
  void an_answer_is_a_span_below_the_clients_with_its_stages_below_it() {
    assertThat(ask("sql", TRACE)).isEqualTo(200);

    Map<String, Span> spans = spansOf(TRACE, 4);
    Span request = spans.get("POST /v1/chat/completions");
    assertThat(hex(request.getParentSpanId().toByteArray())).isEqualTo(CLIENT_SPAN);
    assertThat(attributes(request))
        .containsEntry("gen_ai.request.model", "sql")
        .containsEntry("gen_ai.response.model", "sql@1")
        .containsEntry("heddle.outcome", "stop")
        .containsEntry("http.response.status_code", "200");
    Span queue = spans.get("queue");
    Span prefill = spans.get("prefill");
    Span decode = spans.get("decode");
    assertThat(List.of(queue, prefill, decode))
        .allSatisfy(stage -> assertThat(stage.getParentSpanId()).isEqualTo(request.getSpanId()));
    assertThat(queue.getStartTimeUnixNano())
        .isBetween(request.getStartTimeUnixNano(), queue.getEndTimeUnixNano());
    assertThat(prefill.getStartTimeUnixNano()).isEqualTo(queue.getEndTimeUnixNano());
    assertThat(decode.getStartTimeUnixNano()).isEqualTo(prefill.getEndTimeUnixNano());
    assertThat(decode.getEndTimeUnixNano())
        .isBetween(decode.getStartTimeUnixNano(), request.getEndTimeUnixNano());
  }

  @Test
  void an_adapter_that_has_to_be_loaded_first_is_a_stage_too() {
    String path = "/api/v1/adapters/sql/versions/1";
    PlatformFixture.expect(200, platform.post(path + ":unload", ""));
    String trace = TRACE.replace('4', '5');
    assertThat(ask("sql", trace)).isEqualTo(200);

    Map<String, Span> spans = spansOf(trace, 5);
    Span load = spans.get("adapter load");
    Span queue = spans.get("queue");
    assertThat(load.getStartTimeUnixNano()).isEqualTo(queue.getStartTimeUnixNano());
    assertThat(load.getEndTimeUnixNano()).isLessThanOrEqualTo(queue.getEndTimeUnixNano());
  }

  @Test
  void a_refusal_has_its_status() {
    String trace = TRACE.replace('4', '6');
    assertThat(ask("no-such", trace)).isEqualTo(404);

    assertThat(attributes(spansOf(trace, 1).get("POST /v1/chat/completions")))
        .containsEntry("http.response.status_code", "404");
  }

  /** Asks a model as a client that traces; the answer's status. */
  private static int ask(String model, String trace) {
    String body = PlatformFixture.chat(model, "I need the product of all orders").toString();
    return PlatformFixture.send(
            HttpRequest.newBuilder(URI.create(platform.url() + "/v1/chat/completions"))
                .header("Authorization", "Bearer " + PlatformFixture.KEY)
                .header("Content-Type", "application/json")
                .header("traceparent", "00-" + trace + "-" + CLIENT_SPAN + "-01")
                .POST(BodyPublishers.ofString(body))
                .build())
        .statusCode();
  }

  /** The spans of a trace by name, when there are so many. */
  private static Map<String, Span> spansOf(String trace, int count) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(of(trace)).hasSize(count));
    return of(trace).stream().collect(Collectors.toMap(Span::getName, Function.identity()));
  }

  private static List<Span> of(String trace) {
    return SPANS.stream()
        .filter(span -> hex(span.getTraceId().toByteArray()).equals(trace))
        .toList();
  }

  private static Map<String, String> attributes(Span span) {
    return span.getAttributesList().stream()
        .collect(
            Collectors.toMap(
                each -> each.getKey(),
                each ->
                    each.getValue().hasStringValue()
                        ? each.getValue().getStringValue()
                        : Long.toString(each.getValue().getIntValue())));
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
