package dev.heddle.app.speech;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A part of what a model says, in the order it is said. */
public sealed interface Piece {
  /** Part of the thoughts before the answer. */
  record Reasoning(String text) implements Piece {}

  /** Part of what the answer says. */
  record Content(String text) implements Piece {}

  /**
   * A call of a tool, or part of one: pieces with the same id, which follow each other, are one
   * call.
   *
   * @param id that the tool's result is to name
   * @param arguments of the whole call a JSON object, unless the answer was cut off
   */
  record Call(String id, String name, String arguments) implements Piece {
    /** The arguments of a whole call as JSON; null of one that was cut off. */
    public @Nullable JsonNode input() {
      return CallText.read(arguments);
    }
  }

  /** Whether the piece that follows is more of the same. */
  default boolean isContinuedBy(Piece next) {
    return switch (this) {
      case Reasoning r -> next instanceof Reasoning;
      case Content c -> next instanceof Content;
      case Call call -> next instanceof Call other && other.id().equals(call.id());
    };
  }

  /** The same pieces, neighbours that are more of the same joined. */
  static List<Piece> joined(List<Piece> pieces) {
    List<Piece> joined = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < pieces.size(); i++) {
      Piece piece = pieces.get(i);
      text.append(textOf(piece));
      boolean goesOn = i + 1 < pieces.size() && piece.isContinuedBy(pieces.get(i + 1));
      if (!goesOn) {
        joined.add(
            switch (piece) {
              case Reasoning r -> new Reasoning(text.toString());
              case Content c -> new Content(text.toString());
              case Call call -> new Call(call.id(), call.name(), text.toString());
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

  /** What the piece adds to its neighbours: text, or arguments. */
  static String textOf(Piece piece) {
    return switch (piece) {
      case Reasoning(String text) -> text;
      case Content(String text) -> text;
      case Call call -> call.arguments();
    };
  }
}
