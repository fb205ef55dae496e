package dev.heddle.app.speech;

import java.util.List;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** How a family of models writes calls of tools. */
public enum ToolFormat {
  /** {@code <tool_call>{"name": …, "arguments": {…}}</tool_call>}: Hermes, Qwen and many others. */
  HERMES("<tool_call>"),

  /** {@code {"name": …, "parameters": {…}}} as the whole answer: Llama 3.1 and later. */
  LLAMA("<|python_tag|>"),

  /** {@code [TOOL_CALLS][{"name": …, "arguments": {…}}]}, or {@code [TOOL_CALLS]name[ARGS]{…}}. */
  MISTRAL("[TOOL_CALLS]"),

  /** {@code <｜tool▁calls▁begin｜>…}: DeepSeek V3, R1 and V3.1. */
  DEEPSEEK("<｜tool▁calls▁begin｜>");

  private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

  private final String opening;

  ToolFormat(String opening) {
    this.opening = opening;
  }

  /** What it writes besides its opening. */
  private List<String> others() {
    return switch (this) {
      case HERMES -> List.of("</tool_call>");
      case LLAMA -> List.of();
      case MISTRAL -> List.of("[ARGS]", "[CALL_ID]");
      case DEEPSEEK ->
          List.of("<｜tool▁call▁begin｜>", "<｜tool▁sep｜>", "<｜tool▁call▁end｜>", "<｜tool▁calls▁end｜>");
    };
  }

  /**
   * The format of a chat template, {@link #HERMES} where it shows none.
   *
   * @param mentions whether the template's source has a text
   */
  public static ToolFormat of(Predicate<String> mentions) {
    if (mentions.test(DEEPSEEK.opening)) {
      return DEEPSEEK;
    }
    if (mentions.test(MISTRAL.opening)) {
      return MISTRAL;
    }
    if (mentions.test(HERMES.opening)) {
      return HERMES;
    }
    return mentions.test(LLAMA.opening) || mentions.test("ipython") ? LLAMA : HERMES;
  }

  /** What calls begin with. */
  public String opening() {
    return opening;
  }

  /** Texts that may be special tokens of the tokenizer and have to be seen all the same. */
  List<String> marks() {
    return Stream.concat(Stream.of(opening), others().stream()).toList();
  }

  /** Whether an answer that begins with an object may be a call without the opening. */
  public boolean opensBare() {
    return this == LLAMA;
  }

  /** A new call's id, in the form that the family's templates take. */
  String newId(RandomGenerator random) {
    StringBuilder id = new StringBuilder(this == MISTRAL ? "" : "call_");
    int letters = this == MISTRAL ? 9 : 24;
    for (int i = 0; i < letters; i++) {
      id.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return id.toString();
  }

  /** A reader of what follows the opening. */
  CallShape shape() {
    return switch (this) {
      case HERMES -> new HermesShape();
      case LLAMA -> new LlamaShape();
      case MISTRAL -> new MistralShape();
      case DEEPSEEK -> new DeepSeekShape();
    };
  }
}
