package dev.heddle.app.serving;

import java.util.List;
import java.util.Map;

/** A model's chat template. */
@FunctionalInterface
public interface ChatRenderer {
  /**
   * The text that asks the model for the next message, special tokens included.
   *
   * @throws dev.heddle.app.error.ApiException if the template refuses the messages
   */
  String render(List<Map<String, Object>> messages);
}
