package dev.heddle.format.adapter;

import dev.heddle.format.FormatException;
import dev.heddle.format.Json;
import dev.heddle.format.JsonFields;
import dev.heddle.format.Violations;
import dev.heddle.format.adapter.GoldenCase.Answer;
import dev.heddle.format.adapter.GoldenCase.Prompt;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * {@code golden.json}: a list of at most {@value #CASES_MAX} cases, each with a {@code prompt}
 * (text or token ids) or {@code messages} ({@code role} and {@code content}), with {@code
 * max_tokens}, and with the greedy answer as {@code text} or {@code token_ids}.
 */
public final class GoldenFile {
  /** The file's name. */
  public static final String NAME = "golden.json";

  /** Most bytes of the file. */
  public static final int BYTES_MAX = 1 << 20;

  static final int CASES_MAX = 32;
  static final int TOKENS_MAX = 512;
  private static final int MESSAGES_MAX = 64;

  private static final Set<String> FIELDS =
      Set.of("prompt", "messages", "max_tokens", "text", "token_ids");
  private static final Set<String> MESSAGE_FIELDS = Set.of("role", "content");

  private final int vocabulary;
  private final Violations violations;

  private GoldenFile(int vocabulary, Violations violations) {
    this.vocabulary = vocabulary;
    this.violations = violations;
  }

  /**
   * Reads a file; what is wrong is noted and left out.
   *
   * @param vocabulary token ids are below this
   * @throws FormatException if it is not JSON, or too large
   */
  static List<GoldenCase> read(Path file, int vocabulary, Violations violations) {
    return new GoldenFile(vocabulary, violations).cases(Json.read(file, BYTES_MAX));
  }

  /**
   * Reads a file's bytes.
   *
   * @param vocabulary token ids are below this
   * @throws FormatException with everything wrong
   */
  public static List<GoldenCase> parse(byte[] json, int vocabulary) {
    Violations violations = new Violations();
    List<GoldenCase> cases = new GoldenFile(vocabulary, violations).cases(Json.parse(json, NAME));
    violations.throwIfAny();
    return cases;
  }

  private List<GoldenCase> cases(JsonNode json) {
    if (!json.isArray() || json.isEmpty() || json.size() > CASES_MAX) {
      violations.add("golden-cases", NAME, "expected a list of 1 to " + CASES_MAX + " cases");
      return List.of();
    }
    List<GoldenCase> cases = new ArrayList<>();
    for (int i = 0; i < json.size(); i++) {
      GoldenCase read = read(json.get(i), NAME + "[" + i + "]");
      if (read != null) {
        cases.add(read);
      }
    }
    return cases;
  }

  private @Nullable GoldenCase read(JsonNode json, String where) {
    JsonFields fields = new JsonFields(json, where, violations);
    if (!json.isObject()) {
      return null;
    }
    fields.noneBut(FIELDS);
    Prompt prompt = prompt(fields, where);
    int maxTokens = fields.integer("max_tokens", 1, TOKENS_MAX, null);
    Answer answer = answer(fields, where, maxTokens);
    return prompt == null || answer == null ? null : new GoldenCase(prompt, maxTokens, answer);
  }

  private @Nullable Prompt prompt(JsonFields fields, String where) {
    if (fields.has("prompt") == fields.has("messages")) {
      violations.add("golden-prompt", where, "expected either prompt or messages");
      return null;
    }
    JsonNode messages = fields.find("messages");
    if (messages != null) {
      return messages(messages, fields.path("messages"));
    }
    JsonNode prompt = fields.find("prompt");
    if (prompt != null && prompt.isArray()) {
      List<Integer> ids = tokens(fields, "prompt", Integer.MAX_VALUE);
      return ids == null ? null : new Prompt.Tokens(ids);
    }
    String text = fields.text("prompt");
    if (text != null && text.isEmpty()) {
      violations.add("golden-prompt", fields.path("prompt"), "is empty");
    }
    return text == null ? null : new Prompt.Text(text);
  }

  private @Nullable Answer answer(JsonFields fields, String where, int maxTokens) {
    if (fields.has("text") == fields.has("token_ids")) {
      violations.add("golden-answer", where, "expected either text or token_ids");
      return null;
    }
    if (fields.has("token_ids")) {
      List<Integer> ids = tokens(fields, "token_ids", maxTokens);
      return ids == null ? null : new Answer.Tokens(ids);
    }
    String text = fields.text("text");
    return text == null ? null : new Answer.Text(text);
  }

  private @Nullable List<Integer> tokens(JsonFields fields, String name, int most) {
    JsonNode listed = fields.find(name);
    List<Integer> ids = fields.integers(name, 0, vocabulary - 1);
    int count = listed != null && listed.isArray() ? listed.size() : 0;
    if (count == 0 || count > most) {
      violations.add(
          "golden-tokens",
          fields.path(name),
          most == Integer.MAX_VALUE
              ? "expected a list of at least one token id"
              : "expected a list of 1 to max_tokens token ids");
    }
    return ids.size() == count && count > 0 && count <= most ? ids : null;
  }

  private @Nullable Prompt messages(JsonNode listed, String where) {
    if (!listed.isArray() || listed.isEmpty() || listed.size() > MESSAGES_MAX) {
      violations.add("golden-messages", where, "expected a list of 1 to " + MESSAGES_MAX);
      return null;
    }
    List<Map<String, Object>> messages = new ArrayList<>();
    for (int i = 0; i < listed.size(); i++) {
      JsonFields message = new JsonFields(listed.get(i), where + "[" + i + "]", violations);
      message.noneBut(MESSAGE_FIELDS);
      message.oneOf("role", "system", "user", "assistant");
      String role = message.text("role");
      String content = message.text("content");
      if (!message.has("role") || !message.has("content")) {
        violations.add(
            "golden-messages", where + "[" + i + "]", "a message has a role and a content");
      } else if (role != null && content != null) {
        messages.add(Map.of("role", role, "content", content));
      }
    }
    return messages.size() == listed.size() ? new Prompt.Messages(messages) : null;
  }
}
