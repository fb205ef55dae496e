package dev.heddle.app.serving;

import dev.heddle.format.text.Tokenizer;
import org.jspecify.annotations.Nullable;

/**
 * The base model, as far as serving needs to know it.
 *
 * @param name what it is called
 * @param chat null if the model has no chat template: chat is refused then
 * @param structures what answers can be made to look like
 * @param vocabulary ids below this are the model's tokens
 * @param maxContext most tokens of prompt and answer together
 */
public record ServedModel(
    String name,
    Tokenizer tokenizer,
    @Nullable ChatPrompts chat,
    Structures structures,
    int vocabulary,
    int maxContext)
    implements AutoCloseable {

  @Override
  public void close() {
    structures.close();
    if (chat != null) {
      chat.close();
    }
  }
}
