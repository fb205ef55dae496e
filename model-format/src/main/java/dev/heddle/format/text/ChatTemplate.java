package dev.heddle.format.text;

import dev.heddle.format.FormatException;
import dev.heddle.format.text.jinja.Template;
import dev.heddle.format.text.jinja.TemplateException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * How a conversation becomes the text a model was trained on: the chat template of a Hugging Face
 * folder. The text brings its own special tokens and is tokenised with {@code addSpecials} false.
 * Immutable; any thread may render it.
 */
public final class ChatTemplate {
  private final Template standard;
  private final Template toolUse;
  private final SpecialTokens tokens;

  private ChatTemplate(Template standard, Template toolUse, SpecialTokens tokens) {
    this.standard = standard;
    this.toolUse = toolUse;
    this.tokens = tokens;
  }

  /**
   * A template on its own; {@code bos_token} and {@code eos_token} are the input's to give.
   *
   * @throws TemplateException if it is not well-formed
   */
  public static ChatTemplate parse(String source) {
    Template template = Template.parse(source);
    return new ChatTemplate(template, template, new SpecialTokens(null, null));
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
      return new ChatTemplate(template, template, tokens);
    }
    JsonNode entry = TextFiles.read(folder, TextFiles.CONFIG).path("chat_template");
    if (entry.isMissingNode() || entry.isNull()) {
      return null;
    }
    if (entry.isString()) {
      Template template = template(entry.asString(), TextFiles.CONFIG);
      return new ChatTemplate(template, template, tokens);
    }
    Map<String, Template> named = new LinkedHashMap<>();
    for (JsonNode item : entry) {
      Template template = template(item.path("template").asString(""), TextFiles.CONFIG);
      named.put(item.path("name").asString(""), template);
    }
    Template standard = named.get("default");
    if (standard == null) {
      throw new FormatException(
          "bad-chat-template",
          TextFiles.CONFIG + " chat_template",
          "expected a text, or a list with one named 'default'; found " + named.keySet());
    }
    return new ChatTemplate(standard, named.getOrDefault("tool_use", standard), tokens);
  }

  /**
   * The conversation as text.
   *
   * @throws TemplateException if the template refuses the conversation ({@link
   *     TemplateException#raised}), fails on it, or reaches a limit
   */
  public String render(RenderInput input) {
    Map<String, @Nullable Object> variables = new LinkedHashMap<>();
    putIfGiven(variables, "bos_token", tokens.bos());
    putIfGiven(variables, "eos_token", tokens.eos());
    variables.putAll(input.variables());
    return (input.hasTools() ? toolUse : standard).render(variables);
  }

  private static void putIfGiven(
      Map<String, @Nullable Object> variables, String name, @Nullable String value) {
    if (value != null) {
      variables.put(name, value);
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
