package dev.heddle.it;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** An answer's tokens and their log-probabilities, the same however it was delivered. */
record Said(List<JsonNode> tokens, List<JsonNode> logprobs) {
  /** The one choice of an answer in one piece. */
  static Said ofWhole(String body) {
    return of(List.of(PlatformFixture.parse(body)));
  }

  /** The one choice of a stream that came to its end. */
  static Said ofStream(String body) {
    List<String> events =
        body.lines()
            .filter(line -> line.startsWith("data: "))
            .map(line -> line.substring("data: ".length()))
            .toList();
    if (!events.getLast().equals("[DONE]")) {
      throw new AssertionError("the stream broke off: " + body);
    }
    return of(events.subList(0, events.size() - 1).stream().map(PlatformFixture::parse).toList());
  }

  private static Said of(List<JsonNode> parts) {
    List<JsonNode> tokens = new ArrayList<>();
    List<JsonNode> logprobs = new ArrayList<>();
    for (JsonNode part : parts) {
      JsonNode choice = part.path("choices").path(0);
      choice.path("token_ids").forEach(tokens::add);
      choice.path("logprobs").path("content").forEach(logprobs::add);
    }
    return new Said(tokens, logprobs);
  }
}
