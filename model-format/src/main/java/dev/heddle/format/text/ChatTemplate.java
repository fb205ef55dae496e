package dev.heddle.format.text;

import dev.heddle.format.FormatException;
import dev.heddle.format.Json;
import dev.heddle.template.Template;
import dev.heddle.template.TemplateException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * How a conversation becomes the text a model was trained on: the chat template of a Hugging Face
 * folder. The text brings its own special tokens and is tokenised with {@code addSpecials} false.
 * Immutable; any thread may render it.
 */
public final class ChatTemplate {
  private static final String PROBE = "heddleprobe";

  /** Conversations, by their roles, that show what a template does. */
  private static final List<List<String>> PROBES =
      List.of(
          List.of("user"),
          List.of("system", "user"),
          List.of("user", "assistant", "user"),
          List.of("system", "user", "assistant", "user"));

  private final Template standard;
  private final Template toolUse;
  private final SpecialTokens tokens;

  /** What the templates spell out themselves. */
  private final String sources;

  private ChatTemplate(
      Template standard, Template toolUse, SpecialTokens tokens, Collection<String> sources) {
    this.standard = standard;
    this.toolUse = toolUse;
    this.tokens = tokens;
    this.sources = String.join("\n", sources);
  }

  /**
   * A template on its own; {@code bos_token} and {@code eos_token} are the input's to give.
   *
   * @throws TemplateException if it is not well-formed
   */
  public static ChatTemplate parse(String source) {
    Template template = Template.parse(source);
    return new ChatTemplate(template, template, SpecialTokens.NONE, List.of(source));
  }

  /**
   * The template of a folder, or null if it has none: {@code chat_template.jinja}, else {@code
   * chat_template} of tokenizer_config.json, a text or a list of named ones, of which {@code
   * default} is taken, and {@code tool_use}, if there is one, where tools are given.
   *
   * @throws FormatException if a file cannot be read or is not well-formed, the template included
   */
  public static @Nullable ChatTemplate load(Path folder) {
    SpecialTokens tokens = SpecialTokens.read(folder);
    if (Files.isRegularFile(folder.resolve(TextFiles.CHAT_TEMPLATE))) {
      String source = TextFiles.text(folder, TextFiles.CHAT_TEMPLATE);
      Template template = template(source, TextFiles.CHAT_TEMPLATE);
      return new ChatTemplate(template, template, tokens, List.of(source));
    }
    return of(TextFiles.read(folder, TextFiles.CONFIG), TextFiles.CONFIG, tokens);
  }

  /**
   * The template of a file: of a {@code tokenizer_config.json}, under whatever name that ends in
   * {@code .json}, with the special tokens that it names; else the file is the template.
   *
   * @throws FormatException if it cannot be read, is not well-formed or has no template
   * @throws TemplateException if it is a template that is not well-formed
   */
  public static ChatTemplate read(Path file) {
    String name = String.valueOf(file.getFileName());
    String text = TextFiles.text(file);
    if (!name.endsWith(".json")) {
      return parse(text);
    }
    JsonNode config = Json.parse(text, name);
    ChatTemplate template = of(config, name, SpecialTokens.of(config));
    if (template == null) {
      throw new FormatException("missing-chat-template", name, "it has no chat_template");
    }
    return template;
  }

  private static @Nullable ChatTemplate of(JsonNode config, String file, SpecialTokens tokens) {
    JsonNode entry = config.path("chat_template");
    if (entry.isMissingNode() || entry.isNull()) {
      return null;
    }
    if (entry.isString()) {
      Template template = template(entry.asString(), file);
      return new ChatTemplate(template, template, tokens, List.of(entry.asString()));
    }
    Map<String, Template> named = new LinkedHashMap<>();
    List<String> sources = new ArrayList<>();
    for (JsonNode item : entry) {
      String source = item.path("template").asString("");
      sources.add(source);
      named.put(item.path("name").asString(""), template(source, file));
    }
    Template standard = named.get("default");
    if (standard == null) {
      throw new FormatException(
          "bad-chat-template",
          file + " chat_template",
          "expected a text, or a list with one named 'default'; found " + named.keySet());
    }
    return new ChatTemplate(standard, named.getOrDefault("tool_use", standard), tokens, sources);
  }

  /**
   * The conversation as text.
   *
   * @throws TemplateException if the template refuses the conversation ({@link
   *     TemplateException#raised}), fails on it, or reaches a limit
   */
  public String render(RenderInput input) {
    Map<String, @Nullable Object> variables = new LinkedHashMap<>();
    variables.putAll(tokens.named());
    variables.putAll(input.variables());
    return (input.hasTools() ? toolUse : standard).render(variables);
  }

  /**
   * Whether the template reads a message's content as a list of parts only, and would drop a
   * string: found by rendering conversations in both forms.
   */
  public boolean readsPartsOnly() {
    return !shows(PROBE) && shows(parts(PROBE));
  }

  /** A message whose content, if it has one, is a list of parts, for {@link #readsPartsOnly}. */
  public static Map<String, Object> inParts(Map<String, Object> message) {
    Map<String, Object> parted = new LinkedHashMap<>(message);
    parted.computeIfPresent(
        "content", (name, said) -> said instanceof String text ? parts(text) : said);
    return parted;
  }

  /** Whether a template spells this text, in whatever place. */
  public boolean mentions(String text) {
    return sources.contains(text);
  }

  /**
   * How the template takes tools: found by rendering a conversation with a tool, a call of it and
   * its result.
   */
  public ToolUse toolUse() {
    return ToolProbe.of(this);
  }

  /** A text in the form of content that is a list of parts. */
  private static List<Map<String, String>> parts(String text) {
    return List.of(Map.of("type", "text", "text", text));
  }

  /**
   * Whether the template lays conversations out by this token: it writes it, and does not look for
   * it in contents, as templates do that cut {@code </think>} out of earlier answers.
   */
  boolean controlsBy(String token) {
    return writes(token) && !looksFor(token);
  }

  private boolean writes(String token) {
    return sources.contains(token)
        || tokens.named().containsValue(token)
        || PROBES.stream().anyMatch(roles -> rendered(roles, PROBE).contains(token));
  }

  /** Whether contents with the token are laid out otherwise than those with any other word. */
  private boolean looksFor(String token) {
    for (List<String> roles : PROBES) {
      for (String form : List.of("%s", "a %s", "%s a", "a %s b")) {
        String other = rendered(roles, form.formatted(PROBE));
        if (!rendered(roles, form.formatted(token)).equals(other.replace(PROBE, token))) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean shows(Object content) {
    return PROBES.stream().anyMatch(roles -> rendered(roles, content).contains(PROBE));
  }

  /** A conversation in which everyone says the same; empty where the template refuses it. */
  private String rendered(List<String> roles, Object content) {
    try {
      return render(
          new RenderInput(
              roles.stream().map(role -> Map.of("role", role, "content", content)).toList()));
    } catch (TemplateException e) {
      return ""; // such a conversation is not the template's
    }
  }

  private static Template template(String source, String file) {
    try {
      return Template.parse(source);
    } catch (TemplateException e) {
      throw new FormatException("bad-chat-template", file, e.described());
    }
  }
}
