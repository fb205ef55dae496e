package dev.heddle.app.speech;

import java.util.ArrayList;
import java.util.List;

/** A part of what a model says, in the order it is said. */
public sealed interface Piece {
  /** Part of the thoughts before the answer. */
  record Reasoning(String text) implements Piece {}

  /** Part of what the answer says. */
  record Content(String text) implements Piece {}

  /**
   * A whole call of a tool.
   *
   * @param id that the tool's result is to name
   * @param arguments a JSON object
   */
  record Call(String id, String name, String arguments) implements Piece {}

  /** The same pieces, neighbours of one kind joined. */
  static List<Piece> joined(List<Piece> pieces) {
    List<Piece> joined = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < pieces.size(); i++) {
      Piece piece = pieces.get(i);
      text.append(textOf(piece));
      boolean goesOn =
          i + 1 < pieces.size()
              && !(piece instanceof Call)
              && pieces.get(i + 1).getClass() == piece.getClass();
      if (!goesOn) {
        joined.add(
            switch (piece) {
              case Reasoning r -> new Reasoning(text.toString());
              case Content c -> new Content(text.toString());
              case Call call -> call;
            });
        text.setLength(0);
      }
    }
    return joined;
  }

  /** What the answer says, without reasoning and calls. */
  static String content(List<Piece> pieces) {
    StringBuilder text = new StringBuilder();
    for (Piece piece : pieces) {
      text.append(piece instanceof Content(String said) ? said : "");
    }
    return text.toString();
  }

  private static String textOf(Piece piece) {
    return switch (piece) {
      case Reasoning(String text) -> text;
      case Content(String text) -> text;
      case Call call -> "";
    };
  }
}
