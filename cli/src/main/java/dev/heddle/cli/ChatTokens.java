package dev.heddle.cli;

import dev.heddle.format.text.ChatTemplate;
import dev.heddle.format.text.ContentText;
import dev.heddle.format.text.RenderInput;
import dev.heddle.format.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A user's message as the tokens of a prompt, through the model's chat template. */
final class ChatTokens {
  private final Tokenizer tokenizer;
  private final ChatTemplate template;

  /**
   * @param option that asked for it
   * @throws InputException if the model has no chat template
   */
  ChatTokens(Path model, Tokenizer tokenizer, String option) throws IOException {
    this.tokenizer = tokenizer;
    ChatTemplate found = ChatTemplate.load(model);
    if (found == null) {
      throw new InputException(option + ": " + model + " has no chat template");
    }
    template = found;
  }

  /** As the platform does it: control tokens that the message spells are text. */
  int[] of(String message, @Nullable List<?> tools) {
    try (ContentText content = tokenizer.content(template)) {
      Map<String, String> user = Map.of("role", "user", "content", content.marked(message));
      return content.encode(template.render(new RenderInput(List.of(user), tools, true, Map.of())));
    }
  }
}
