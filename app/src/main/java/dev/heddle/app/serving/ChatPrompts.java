package dev.heddle.app.serving;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import dev.heddle.app.speech.SpeechSyntax;
import dev.heddle.app.speech.ToolFormat;
import dev.heddle.format.text.ChatTemplate;
import dev.heddle.format.text.ContentText;
import dev.heddle.format.text.RenderInput;
import dev.heddle.format.text.Tokenizer;
import dev.heddle.structured.Structure;
import dev.heddle.template.TemplateException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Makes conversations prompts, by a model's chat template and tokenizer. Control tokens that
 * messages spell stay text, unless they are to be parsed. A conversation with a message that the
 * template leaves out is refused. Any thread.
 */
public final class ChatPrompts implements AutoCloseable {
  /** Contents of this length and more do not stand in a prompt by chance. */
  private static final int TELLING_LENGTH = 24;

  private static final String THINKING = "<think>";
  private static final String CLOSING = "</think>";
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]{1,64}");

  private final Tokenizer tokenizer;
  private final ChatTemplate template;
  private final ContentText content;
  private final boolean readsParts;
  private final boolean parsesByDefault;
  private final ToolPrompts toolPrompts;
  private final boolean reasons;

  public ChatPrompts(Tokenizer tokenizer, ChatTemplate template, ChatSettings settings) {
    this.tokenizer = tokenizer;
    this.template = template;
    this.content = tokenizer.content(template);
    this.readsParts = template.readsPartsOnly();
    this.parsesByDefault = settings.parsesByDefault();
    this.toolPrompts = new ToolPrompts(template, settings.toolFormat());
    this.reasons = settings.reasons() == null ? template.mentions(CLOSING) : settings.reasons();
  }

  /** A conversation as the model is to read it, up to where its answer begins. */
  public final class Prompt {
    private final String rendered;

    /** Control tokens spelled out, those that messages spell too. */
    final String text;

    private Prompt(String rendered) {
      this.rendered = rendered;
      this.text = content.unmarked(rendered);
    }

    /** Takes time by the length of the text. */
    public int[] tokens() {
      // The template has written every control token that the model expects.
      return content.encode(rendered);
    }
  }

  /** Whether answers may have reasoning that is told apart. */
  boolean reasons() {
    return reasons;
  }

  boolean parsesByDefault() {
    return parsesByDefault;
  }

  /**
   * Renders a conversation.
   *
   * @param parses whether control tokens that messages spell are parsed as such; null for the
   *     default
   * @throws ApiException if the template refuses the messages, or leaves one out
   */
  public Prompt prompt(List<Map<String, Object>> messages, @Nullable Boolean parses) {
    return prompt(messages, parses, ChatLayout.ANSWER, Tools.NONE);
  }

  /**
   * As {@link #prompt(List, Boolean)}, laid out otherwise.
   *
   * @param messages may have {@code tool_calls}, an array of calls whose arguments are objects
   */
  Prompt prompt(
      List<Map<String, Object>> messages,
      @Nullable Boolean parses,
      ChatLayout layout,
      Tools tools) {
    boolean parse = parses == null ? parsesByDefault : parses;
    ToolPrompts.Laid laid = toolPrompts.laid(messages, tools);
    List<Map<String, Object>> said = parse ? laid.messages() : marked(laid.messages());
    Rendering rendering =
        new Rendering(
            layout, variables(layout.variables(), parse), tools(toolPrompts.given(tools), parse));
    Prompt prompt =
        new Prompt(
            layout.continueFinalMessage() ? rendering.continued(said) : rendering.render(said));
    requireReached(laid, prompt.text, rendering);
    return prompt;
  }

  /**
   * What to look for in the answer to a prompt.
   *
   * @param form of an answer that calls no tool
   */
  SpeechSyntax speech(Prompt prompt, ChatLayout layout, Tools tools, @Nullable Form form) {
    SpeechSyntax.Thinking thinking =
        !reasons
            ? SpeechSyntax.Thinking.NONE
            : prompt.text.stripTrailing().endsWith(THINKING)
                ? SpeechSyntax.Thinking.BEGUN
                : layout.continueFinalMessage()
                    ? SpeechSyntax.Thinking.NONE
                    : SpeechSyntax.Thinking.MARKED;
    return new SpeechSyntax(thinking, tools.areShown() ? calls(tools, form) : null);
  }

  private SpeechSyntax.Calls calls(Tools tools, @Nullable Form form) {
    ToolFormat format = toolPrompts.format();
    boolean required = tools.choice() == Tools.Choice.REQUIRED;
    // A form's own text may begin like a call, but JSON like none that has an opening.
    boolean certain = form == null ? tools.areEnforced() : form.isJson() && !format.opensBare();
    return new SpeechSyntax.Calls(
        format, tools.names(), tools.parallel(), form != null, required || certain);
  }

  /**
   * What the answer to a prompt has to look like for the tools to be called as they are to be.
   *
   * @param form of an answer that calls no tool, null for any text
   * @param structures tells which schemas can be kept to
   */
  Structure structure(
      SpeechSyntax speech, Tools tools, @Nullable Form form, Structures structures) {
    return new ToolStructures(toolPrompts.format(), toolPrompts.isFenced(), this::mark, structures)
        .of(tools, speech.thinking(), form == null ? null : form.structure());
  }

  private Structure mark(String text) {
    OptionalInt id = tokenizer.idOf(text);
    return id.isPresent() && tokenizer.isSpecial(id.getAsInt())
        ? new Structure.SpecialToken(id.getAsInt())
        : new Structure.Literal(text);
  }

  private @Nullable List<?> tools(@Nullable List<JsonNode> tools, boolean parse) {
    return tools == null || parse ? tools : tools.stream().map(this::marked).toList();
  }

  private Map<String, Object> variables(Map<String, JsonNode> given, boolean parse) {
    Map<String, Object> variables = new LinkedHashMap<>();
    given.forEach((name, value) -> variables.put(name, parse ? value : marked(value)));
    return variables;
  }

  /** A variable whose texts a template may write, as messages are. */
  private Object marked(JsonNode value) {
    if (value.isString()) {
      return content.marked(value.stringValue());
    }
    if (value.isArray()) {
      return value.valueStream().map(this::marked).toList();
    }
    if (value.isObject()) {
      Map<String, Object> marked = new LinkedHashMap<>();
      value.properties().forEach(f -> marked.put(content.marked(f.getKey()), marked(f.getValue())));
      return marked;
    }
    return value;
  }

  private List<Map<String, Object>> marked(List<Map<String, Object>> messages) {
    return messages.stream().map(this::marked).toList();
  }

  private Map<String, Object> marked(Map<String, Object> message) {
    Map<String, Object> marked = new LinkedHashMap<>(content.marked(message));
    marked.replaceAll((name, value) -> value instanceof JsonNode node ? marked(node) : value);
    return marked;
  }

  /** How the messages of one request are rendered. */
  private final class Rendering {
    private final ChatLayout layout;
    private final Map<String, Object> variables;
    private final @Nullable List<?> tools;

    Rendering(ChatLayout layout, Map<String, Object> variables, @Nullable List<?> tools) {
      this.layout = layout;
      this.variables = variables;
      this.tools = tools;
    }

    String render(List<Map<String, Object>> messages) {
      try {
        return template.render(
            new RenderInput(
                readsParts ? messages.stream().map(ChatTemplate::inParts).toList() : messages,
                tools,
                layout.addGenerationPrompt(),
                variables));
      } catch (TemplateException e) {
        throw new ApiException(
            ErrorCode.INVALID_REQUEST,
            "The model's chat template refuses these messages: " + e.getMessage(),
            "messages");
      }
    }

    /**
     * Up to the end of the last message, which a word shows that stands nowhere else; space before
     * it stays where the template keeps space.
     */
    String continued(List<Map<String, Object>> messages) {
      String word = unheardOf();
      List<Map<String, Object>> ended = new ArrayList<>(messages);
      Map<String, Object> last = new LinkedHashMap<>(ended.removeLast());
      last.merge("content", word + " ", (said, end) -> said.toString() + end);
      ended.add(last);
      String rendered = render(ended);
      int end = rendered.lastIndexOf(word);
      if (end < 0) {
        throw leftOut(messages.size() - 1);
      }
      String upTo = rendered.substring(0, end);
      return rendered.startsWith(" ", end + word.length()) ? upTo : upTo.stripTrailing();
    }
  }

  private static String unheardOf() {
    return "x" + UUID.randomUUID().toString().replace("-", "") + "x";
  }

  private static ApiException leftOut(int message) {
    String place = "messages[" + message + "]";
    return new ApiException(
        ErrorCode.INVALID_REQUEST,
        "The model's chat template leaves out the content of '" + place + "'.",
        place);
  }

  /**
   * What a template leaves out would be answered as if it had not been said. A long content that
   * stands in the prompt has reached it. Others are rendered once more with a word in their place
   * that stands nowhere else. An assistant's earlier turns may be shortened by the template.
   */
  private static void requireReached(ToolPrompts.Laid laid, String prompt, Rendering rendering) {
    List<Map<String, Object>> messages = laid.messages();
    List<Map<String, Object>> probes = new ArrayList<>(messages);
    Map<Integer, String> words = new LinkedHashMap<>();
    String prefix = unheardOf();
    for (int i = 0; i < messages.size(); i++) {
      if (isInDoubt(messages.get(i), prompt)) {
        String word = prefix + i + "x";
        Map<String, Object> probe = new LinkedHashMap<>(messages.get(i));
        probe.put("content", word);
        probes.set(i, probe);
        words.put(i, word);
      }
    }
    if (words.isEmpty()) {
      return;
    }
    String probed = rendering.render(probes).toLowerCase(Locale.ROOT);
    String folded = prompt.toLowerCase(Locale.ROOT);
    words.forEach((i, word) -> {
      String told = longestWord(text(messages.get(i)));
      if (!probed.contains(word) || !folded.contains(told.toLowerCase(Locale.ROOT))) {
        throw leftOut(Math.max(0, laid.sources().get(i)));
      }
    });
  }

  private static boolean isInDoubt(Map<String, Object> message, String prompt) {
    String text = text(message);
    boolean said = !text.isBlank() && !"assistant".equals(message.get("role"));
    return said && (text.length() < TELLING_LENGTH || !prompt.contains(text));
  }

  private static String text(Map<String, Object> message) {
    return String.valueOf(message.getOrDefault("content", "")).strip();
  }

  private static String longestWord(String text) {
    Matcher words = WORD.matcher(text);
    String longest = "";
    while (words.find()) {
      longest = words.group().length() > longest.length() ? words.group() : longest;
    }
    return longest;
  }

  @Override
  public void close() {
    content.close();
  }
}
