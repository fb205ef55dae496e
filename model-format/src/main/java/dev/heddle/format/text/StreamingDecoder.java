package dev.heddle.format.text;

import java.util.ArrayList;
import java.util.List;

/**
 * Turns tokens into text as they come. The pieces that {@link #push} and {@link #flush} return,
 * joined, are {@code tokenizer.decode(tokens, skipSpecials)} exactly, for any tokens; a piece never
 * ends inside a character, nor is ever taken back. A token costs O(its length), amortised.
 *
 * <p>A piece is held back only while a later token could change it: the unfinished character of a
 * byte-level tokenizer, and a run of byte tokens ({@code <0xE2>...}) of a SentencePiece one.
 *
 * <p>One for each choice; not thread-safe. Made by {@link Tokenizer#streamingDecoder}.
 */
public final class StreamingDecoder {
  private final Vocabulary vocabulary;
  private final boolean skipSpecials;
  private final List<DecoderStage> stages = new ArrayList<>();
  private final StringBuilder ready = new StringBuilder();

  StreamingDecoder(Vocabulary vocabulary, boolean skipSpecials, boolean continued) {
    this.vocabulary = vocabulary;
    this.skipSpecials = skipSpecials;
    List<DecoderPlan.Step> steps = vocabulary.decoder().steps();
    DecoderStage next = null;
    for (int i = steps.size() - 1; i >= 0; i--) {
      DecoderStage after = next;
      next = DecoderStage.of(steps.get(i), continued, after == null ? ready::append : after::push);
      stages.addFirst(next);
    }
  }

  /**
   * Takes the next token. An id outside the vocabulary, and a special token if they are skipped,
   * has no text.
   *
   * @return the text that became definite, often that of this token, maybe empty
   */
  public String push(int token) {
    String text = vocabulary.text(token);
    if (text == null || (skipSpecials && vocabulary.isSpecial(token))) {
      return "";
    }
    if (stages.isEmpty()) {
      return text;
    }
    stages.getFirst().push(text);
    return take();
  }

  /** The text held back, when no token follows. */
  public String flush() {
    for (DecoderStage stage : stages) {
      stage.flush();
    }
    return take();
  }

  private String take() {
    String text = ready.toString();
    ready.setLength(0);
    return text;
  }
}
