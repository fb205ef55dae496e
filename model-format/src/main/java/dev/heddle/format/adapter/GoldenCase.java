package dev.heddle.format.adapter;

import java.util.List;
import java.util.Map;

/**
 * One prompt with the answer that an adapter has to give to it, decoded greedily.
 *
 * @param maxTokens tokens after which the answer ends, &ge; 1
 */
public record GoldenCase(Prompt prompt, int maxTokens, Answer answer) {
  /** What is asked. */
  public sealed interface Prompt {
    /** Text to be continued. */
    record Text(String text) implements Prompt {}

    /** Token ids to be continued, at least one. */
    record Tokens(List<Integer> ids) implements Prompt {
      public Tokens {
        ids = List.copyOf(ids);
      }
    }

    /** A conversation for the base model's chat template: maps with {@code role} and content. */
    record Messages(List<Map<String, Object>> messages) implements Prompt {
      public Messages {
        messages = List.copyOf(messages);
      }
    }
  }

  /** What has to come. */
  public sealed interface Answer {
    /** The text, special tokens left out. */
    record Text(String text) implements Answer {}

    /** Every token, one that ends the sequence included. */
    record Tokens(List<Integer> ids) implements Answer {
      public Tokens {
        ids = List.copyOf(ids);
      }
    }
  }
}
