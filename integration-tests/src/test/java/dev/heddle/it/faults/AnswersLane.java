package dev.heddle.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.it.PlatformFixture;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Asks the base model and adapters in turn, in one piece and as a stream: always the same bits. */
final class AnswersLane implements Lane {
  private static final String CHAT = "/v1/chat/completions";

  private final Place place;
  private final Usage usage;
  private final List<String> models;
  private final Map<String, String> said = new LinkedHashMap<>();
  private int turn;

  /**
   * @param usage takes note of each answer that came whole
   */
  AnswersLane(Place place, Usage usage, List<String> models) {
    this.place = place;
    this.usage = usage;
    this.models = models;
  }

  /** What each says before anything is broken is what it has to say ever after. */
  void begin() {
    for (String model : models) {
      Reply reply = place.client().post(CHAT, request(model).toString());
      assertThat(reply.status()).as(reply.body()).isEqualTo(200);
      said.put(model, choice(reply.json()));
      usage.answered(reply.json());
    }
  }

  @Override
  public void step() {
    String model = models.get(turn % models.size());
    boolean stream = turn / models.size() % 2 == 1;
    turn++;
    if (stream) {
      stream(model);
      return;
    }
    Reply reply = place.client().post(CHAT, request(model).toString());
    if (reply.isDone()) {
      compare(model, choice(reply.json()));
      usage.answered(reply.json());
    }
  }

  private void stream(String model) {
    ObjectNode request = request(model).put("stream", true);
    request.putObject("stream_options").put("include_usage", true);
    Reply reply = place.client().post(CHAT, request.toString());
    if (!reply.isDone()) {
      return;
    }
    Streamed streamed = Streamed.of(reply.body());
    if (streamed.isWhole()) {
      compare(model, streamed.tokens());
      usage.answered(streamed.last());
    } else if (streamed.error().isEmpty()) {
      place.client().offence("a stream ended without [DONE] or an error: " + reply.body());
    }
  }

  private void compare(String model, String tokens) {
    if (!tokens.equals(said.get(model))) {
      place.client().offence(model + " said " + tokens + " and not " + said.get(model));
    }
  }

  @Override
  public void check() {
    for (String model : models) {
      Reply reply = place.client().post(CHAT, request(model).toString());
      assertThat(reply.status()).as(model + ": " + reply.body()).isEqualTo(200);
      assertThat(choice(reply.json())).as(model).isEqualTo(said.get(model));
      usage.answered(reply.json());
    }
  }

  private static ObjectNode request(String model) {
    return PlatformFixture.chat(model, "show me the average spent of customers in Porto")
        .put("max_tokens", 12);
  }

  /** Tokens and the bits of their log-probabilities. */
  private static String choice(JsonNode answer) {
    JsonNode choice = answer.path("choices").path(0);
    StringBuilder said = new StringBuilder();
    choice.path("token_ids").forEach(id -> said.append(id).append(' '));
    choice
        .path("logprobs")
        .path("content")
        .forEach(token -> said.append(token.path("logprob")).append(' '));
    return said.toString();
  }

  /** A stream's events, put together. */
  private record Streamed(String tokens, String error, JsonNode last, boolean isWhole) {
    static Streamed of(String body) {
      StringBuilder ids = new StringBuilder();
      StringBuilder logprobs = new StringBuilder();
      String error = "";
      JsonNode last = null;
      boolean whole = false;
      for (String line : body.lines().filter(each -> each.startsWith("data: ")).toList()) {
        String data = line.substring("data: ".length());
        if (data.equals("[DONE]")) {
          whole = true;
          continue;
        }
        last = PlatformFixture.parse(data);
        error += last.path("error").path("code").asString("");
        JsonNode choice = last.path("choices").path(0);
        choice.path("token_ids").forEach(id -> ids.append(id).append(' '));
        choice
            .path("logprobs")
            .path("content")
            .forEach(token -> logprobs.append(token.path("logprob")).append(' '));
      }
      return new Streamed(ids.toString() + logprobs, error, last, whole);
    }
  }
}
