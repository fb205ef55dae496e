package dev.heddle.app.serving;

import dev.heddle.app.speech.Piece;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers that are a list of blocks: each is reasoning, or text, or a call of a tool, and a stream
 * tells when it begins and when it ends. There is one choice.
 */
abstract sealed class BlocksFormat extends AnswerFormat permits MessagesFormat, ResponsesFormat {
  /** The block that was begun and not ended, as far as it has come. */
  private @Nullable Piece open;

  private final StringBuilder text = new StringBuilder();
  private int ended;

  BlocksFormat(Answer answer) {
    super(answer);
  }

  @Override
  final int logprobBytes() {
    return 0; // none is shown
  }

  @Override
  final List<String> told(Delta delta) {
    List<String> frames = new ArrayList<>();
    for (Piece piece : delta.said()) {
      if (open == null || !open.isContinuedBy(piece)) {
        end(frames);
        open = piece;
        frames.addAll(begun(ended, piece));
      }
      String more = Piece.textOf(piece);
      text.append(repeats() ? more : "");
      if (!more.isEmpty()) {
        frames.add(more(ended, piece, more));
      }
    }
    if (delta.finish() != null) {
      end(frames);
    }
    return frames;
  }

  private void end(List<String> frames) {
    if (open == null) {
      return;
    }
    Piece whole =
        switch (open) {
          case Piece.Content some -> new Piece.Content(text.toString());
          case Piece.Reasoning some -> new Piece.Reasoning(text.toString());
          case Piece.Call call -> new Piece.Call(call.id(), call.name(), text.toString());
        };
    frames.addAll(ended(ended++, whole));
    text.setLength(0);
    open = null;
  }

  @Override
  final ObjectNode whole(List<Delta> deltas) {
    return ofBlocks(deltas.getFirst().said());
  }

  /** The answer in one piece, from one piece for each block. */
  abstract ObjectNode ofBlocks(List<Piece> blocks);

  /** Frames of a block that begins; {@code first} is its first piece. */
  abstract List<String> begun(int block, Piece first);

  /** The frame of what a block has gained: text, or arguments of a call. */
  abstract String more(int block, Piece piece, String gained);

  /**
   * Frames of a block that ends.
   *
   * @param whole the block; without its text unless the format {@link #repeats} it
   */
  abstract List<String> ended(int block, Piece whole);

  /** A frame with a name. */
  static String event(String name, ObjectNode data) {
    return "event: " + name + "\ndata: " + data + "\n\n";
  }
}
