package dev.heddle.score;

import dev.heddle.format.FormatException;
import dev.heddle.format.Json;
import dev.heddle.format.Violations;
import dev.heddle.format.text.ChatTemplate;
import dev.heddle.format.text.ContentText;
import dev.heddle.format.text.RenderInput;
import dev.heddle.format.text.Tokenizer;
import dev.heddle.template.TemplateException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads sample data: a JSON object a line, {@code {"text": …}} or {@code {"messages": [{"role": …,
 * "content": …}, …]}}; other fields, and empty lines, are ignored. A conversation goes through the
 * model's chat template, where control tokens that a message spells stay text. Any thread.
 */
public final class SampleReader implements AutoCloseable {
  /** Most bytes of a line. */
  public static final int LINE_BYTES_MAX = 1 << 20;

  private static final String FAULT = "bad-sample";

  private final Tokenizer tokenizer;
  private final @Nullable ChatTemplate template;
  private final @Nullable ContentText content;
  private final boolean readsParts;

  /**
   * @param tokenizer stays open as long as this
   * @param template null if the model has none: conversations are refused then
   */
  public SampleReader(Tokenizer tokenizer, @Nullable ChatTemplate template) {
    this.tokenizer = tokenizer;
    this.template = template;
    this.content = template == null ? null : tokenizer.content(template);
    this.readsParts = template != null && template.readsPartsOnly();
  }

  /**
   * Reads all lines.
   *
   * @param linesMax most lines that are not empty
   * @throws FormatException naming every line that is no sample; if there are too many or none
   */
  public List<Sample> read(byte[] lines, int linesMax) {
    List<Sample> samples = new ArrayList<>();
    Violations violations = new Violations();
    int number = 0;
    int count = 0;
    for (int from = 0; from < lines.length; ) {
      int end = from;
      while (end < lines.length && lines[end] != '\n') {
        end++;
      }
      number++;
      if (!isBlank(lines, from, end)) {
        if (++count > linesMax) {
          violations.add(FAULT, "line " + number, "there are more than " + linesMax + " samples");
          break;
        }
        Sample sample = read(lines, from, end, "line " + number, violations);
        if (sample != null) {
          samples.add(sample);
        }
      }
      from = end + 1;
    }
    if (count == 0) {
      violations.add(FAULT, "data", "there is no sample");
    }
    violations.throwIfAny();
    return samples;
  }

  /** The tokens of a sample, the first {@code most} of them. */
  public int[] tokens(Sample sample, int most) {
    int[] tokens =
        sample.chat() && content != null
            ? content.encode(sample.text())
            : tokenizer.encode(sample.text(), true);
    return tokens.length <= most ? tokens : Arrays.copyOf(tokens, most);
  }

  private @Nullable Sample read(
      byte[] lines, int from, int end, String where, Violations violations) {
    if (end - from > LINE_BYTES_MAX) {
      violations.add(FAULT, where, "it has more than " + LINE_BYTES_MAX + " bytes");
      return null;
    }
    try {
      return sample(Json.parse(Arrays.copyOfRange(lines, from, end), where), where);
    } catch (FormatException e) {
      // A line's own number is all that counts.
      e.violations()
          .forEach(v ->
              violations.add(v.code(), where, v.message().replaceFirst(" \\(line \\d+\\)$", "")));
      return null;
    }
  }

  private Sample sample(JsonNode line, String where) {
    JsonNode text = line.path("text");
    JsonNode messages = line.path("messages");
    if (text.isMissingNode() == messages.isMissingNode()) {
      throw fault(where, "expected an object with either text or messages");
    }
    if (!messages.isMissingNode()) {
      return chat(messages, where);
    }
    if (!text.isString() || text.stringValue().isEmpty()) {
      throw fault(where, "text must be a string that is not empty");
    }
    return new Sample(text.stringValue(), false);
  }

  private Sample chat(JsonNode messages, String where) {
    if (template == null || content == null) {
      throw fault(where, "the model has no chat template for messages");
    }
    if (!messages.isArray() || messages.isEmpty()) {
      throw fault(where, "messages must be a list of at least one message");
    }
    List<Map<String, Object>> all = new ArrayList<>();
    for (JsonNode message : messages) {
      if (!message.path("role").isString() || !message.path("content").isString()) {
        throw fault(where, "each of messages must have a role and a content, both strings");
      }
      all.add(marked(message, readsParts, content));
    }
    try {
      return new Sample(template.render(new RenderInput(all, null, false, Map.of())), true);
    } catch (TemplateException e) {
      throw fault(where, "the model's chat template refuses it: " + e.getMessage());
    }
  }

  /** A message whose texts write no control tokens. */
  private static Map<String, Object> marked(
      JsonNode message, boolean inParts, ContentText content) {
    Map<String, Object> fields = new LinkedHashMap<>();
    message
        .properties()
        .forEach(field -> {
          JsonNode value = field.getValue();
          fields.put(field.getKey(), value.isString() ? value.stringValue() : value);
        });
    Map<String, Object> marked = content.marked(fields);
    return inParts ? ChatTemplate.inParts(marked) : marked;
  }

  private static FormatException fault(String where, String message) {
    return new FormatException(FAULT, where, message);
  }

  private static boolean isBlank(byte[] lines, int from, int end) {
    for (int i = from; i < end; i++) {
      if (lines[i] != ' ' && lines[i] != '\t' && lines[i] != '\r') {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {
    if (content != null) {
      content.close();
    }
  }
}
