package dev.heddle.app.client.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Streamed chat completions, timed part by part. Blocks; any thread. */
final class OpenAiStream implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final String DATA = "data: ";

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(30))
          .build();
  private final JsonMapper json = JsonMapper.shared();
  private final LoadPlan plan;

  OpenAiStream(LoadPlan plan) {
    this.plan = plan;
  }

  /**
   * @param due when it was to be sent, by {@link System#nanoTime}
   */
  Timed ask(LoadRequest request, long due) {
    Answer answer = new Answer(request, due);
    try {
      HttpResponse<Stream<String>> response = http.send(http(request), BodyHandlers.ofLines());
      try (Stream<String> lines = response.body()) {
        if (response.statusCode() != 200) {
          Timed refused = answer.ended(Integer.toString(response.statusCode()));
          lines.forEach(rest -> {}); // as below
          return refused;
        }
        return read(answer, lines.iterator());
      }
    } catch (IOException | UncheckedIOException e) {
      return answer.ended("connection");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return answer.ended("interrupted");
    }
  }

  private Timed read(Answer answer, Iterator<String> lines) {
    while (lines.hasNext()) {
      String line = lines.next();
      if (line.equals(DATA + "[DONE]")) {
        Timed timed = answer.ended(Timed.OK);
        lines.forEachRemaining(rest -> {}); // a body that is read to its end leaves its connection
        return timed;
      }
      if (line.startsWith(DATA)) {
        JsonNode event = json.readTree(line.substring(DATA.length()));
        if (event.has("error")) {
          return answer.ended("error in the stream");
        }
        answer.take(event);
      }
    }
    return answer.ended("cut off");
  }

  private HttpRequest http(LoadRequest request) {
    ObjectNode body = json.createObjectNode();
    body.put("model", request.model())
        .put("stream", true)
        .put("temperature", 0)
        .put("max_tokens", request.maxTokens());
    body.putObject("stream_options").put("include_usage", true);
    body.putArray("messages").addObject().put("role", "user").put("content", request.prompt());
    if (plan.ignoreEos()) {
      body.put("ignore_eos", true);
    }
    URI chat = URI.create(plan.server().toString().replaceAll("/+$", "") + "/v1/chat/completions");
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(chat)
            .timeout(PATIENCE)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body.toString(), StandardCharsets.UTF_8));
    return plan.key().isEmpty()
        ? builder.build()
        : builder.header("Authorization", "Bearer " + plan.key()).build();
  }

  @Override
  public void close() {
    http.close();
  }

  /** One that is under way. */
  private static final class Answer {
    private final LoadRequest request;
    private final long due;
    private final List<Double> chunks = new ArrayList<>();
    private int promptTokens;
    private int answerTokens;

    Answer(LoadRequest request, long due) {
      this.request = request;
      this.due = due;
    }

    void take(JsonNode event) {
      JsonNode delta = event.path("choices").path(0).path("delta");
      if (!delta.path("content").asString("").isEmpty()) {
        chunks.add(seconds());
      }
      JsonNode usage = event.path("usage");
      if (usage.isObject()) {
        promptTokens = usage.path("prompt_tokens").asInt(0);
        answerTokens = usage.path("completion_tokens").asInt(0);
      }
    }

    Timed ended(String outcome) {
      return new Timed(
          request.model(), outcome, List.copyOf(chunks), seconds(), promptTokens, answerTokens);
    }

    private double seconds() {
      return (System.nanoTime() - due) / 1e9;
    }
  }
}
