package dev.heddle.cli;

import dev.heddle.format.model.ModelShape;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Token ids as a command line gives them. */
final class TokenList {
  private static final Pattern COMMA = Pattern.compile(",");
  private static final int MOST_REPORTED = 20;

  private TokenList() {}

  /**
   * The ids of {@code 1,2,3}, all within the model's vocabulary and context.
   *
   * @throws InputException with everything wrong
   */
  static int[] parse(String text, ModelShape shape) {
    if (text.isBlank()) {
      throw new InputException("--tokens: the list is empty; at least one token id is needed");
    }
    List<String> wrong = new ArrayList<>();
    String[] words = COMMA.split(text, -1);
    int[] tokens = new int[words.length];
    for (int i = 0; i < words.length; i++) {
      String word = words[i].strip();
      try {
        tokens[i] = Integer.parseInt(word);
        if (tokens[i] < 0 || tokens[i] >= shape.vocabulary()) {
          wrong.add(
              "--tokens: id "
                  + word
                  + " (number "
                  + (i + 1)
                  + ") is not in the vocabulary, 0 to "
                  + (shape.vocabulary() - 1));
        }
      } catch (NumberFormatException e) {
        wrong.add("--tokens: '" + word + "' (number " + (i + 1) + ") is not a token id");
      }
    }
    requireContext(tokens.length, shape, wrong);
    if (!wrong.isEmpty()) {
      int rest = wrong.size() - MOST_REPORTED;
      List<String> lines = new ArrayList<>(wrong.subList(0, Math.min(wrong.size(), MOST_REPORTED)));
      if (rest > 0) {
        lines.add("--tokens: and " + rest + " more");
      }
      throw new InputException(lines);
    }
    return tokens;
  }

  /** Notes a prompt that is longer than the model's context. */
  static void requireContext(int tokens, ModelShape shape, List<String> wrong) {
    if (tokens > shape.maxContext()) {
      wrong.add(tokens + " tokens do not fit the model's context of " + shape.maxContext());
    }
  }
}
