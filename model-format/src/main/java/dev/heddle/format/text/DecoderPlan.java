package dev.heddle.format.text;

import dev.heddle.format.FormatException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/**
 * The {@code decoder} of a tokenizer.json: how tokens become text, as a list of steps. Knows the
 * steps that generative models use; another one is refused by its name. Immutable.
 */
final class DecoderPlan {
  /** One step; what it does is in {@link DecoderStage}. */
  sealed interface Step {}

  /** Every occurrence of {@code pattern} becomes {@code content}. */
  record Replace(String pattern, String content) implements Step {}

  /** Tokens of the form {@code <0xAB>} become bytes; a run of them is one piece of UTF-8. */
  record ByteFallback() implements Step {}

  /** Tokens become bytes by {@link ByteAlphabet}, all of them one piece of UTF-8. */
  record ByteLevel() implements Step {}

  /** The replacement becomes a space, or nothing in a first token that had one prepended. */
  record Metaspace(String replacement, boolean prepended) implements Step {}

  /** Up to {@code count} leading {@code content} go, of each token or of the whole text. */
  record Strip(String content, int count, boolean whole) implements Step {}

  /** A token with the prefix continues a word, another one begins a word. */
  record WordPiece(String prefix) implements Step {}

  /** Tokens are words: what a tokenizer without a decoder does. */
  record Spaces() implements Step {}

  private final List<Step> steps;

  private DecoderPlan(List<Step> steps) {
    this.steps = List.copyOf(steps);
  }

  List<Step> steps() {
    return steps;
  }

  /**
   * Reads the decoder's JSON; null or missing is a decoder of its own.
   *
   * @throws FormatException if there is a step that is not known
   */
  static DecoderPlan parse(JsonNode decoder) {
    if (decoder.isMissingNode() || decoder.isNull()) {
      return new DecoderPlan(List.of(new Spaces()));
    }
    Reader reader = new Reader();
    reader.read(decoder, "decoder");
    return new DecoderPlan(reader.steps);
  }

  /** The bytes that a token contributes where it is not the first of a text. */
  byte[] bytes(String token) {
    String text = token;
    for (Step step : steps) {
      switch (step) {
        case Replace r -> text = text.replace(r.pattern, r.content);
        case ByteFallback b -> {
          int value = byteToken(text);
          if (value >= 0) {
            return new byte[] {(byte) value};
          }
        }
        case ByteLevel b -> {
          return ByteAlphabet.bytes(text);
        }
        case Metaspace m -> text = text.replace(m.replacement, " ");
        case Strip s -> text = s.whole ? text : strip(text, s);
        case WordPiece w ->
            text = text.startsWith(w.prefix) ? text.substring(w.prefix.length()) : " " + text;
        case Spaces s -> text = " " + text;
      }
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The byte that {@code <0xAB>} stands for, or -1. */
  static int byteToken(String token) {
    if (token.length() != 6 || !token.startsWith("<0x") || !token.endsWith(">")) {
      return -1;
    }
    int high = Character.digit(token.charAt(3), 16);
    int low = Character.digit(token.charAt(4), 16);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
  }

  static String strip(String token, Strip strip) {
    String rest = token;
    for (int i = 0; i < strip.count && rest.startsWith(strip.content); i++) {
      rest = rest.substring(strip.content.length());
    }
    return rest;
  }

  private static final class Reader {
    private final List<Step> steps = new ArrayList<>();
    private boolean fused;

    void read(JsonNode node, String where) {
      String type = node.path("type").asString("");
      switch (type) {
        case "Sequence" -> {
          for (int i = 0; i < node.path("decoders").size(); i++) {
            read(node.path("decoders").path(i), where + ".decoders[" + i + "]");
          }
        }
        case "ByteLevel" -> {
          separate(where, type);
          steps.add(new ByteLevel());
          fused = true;
        }
        case "ByteFallback" -> {
          separate(where, type);
          steps.add(new ByteFallback());
        }
        case "Fuse" -> fused = true;
        case "Replace" -> steps.add(replace(node, where));
        case "Metaspace" -> {
          separate(where, type);
          boolean never = node.path("prepend_scheme").asString("always").equals("never");
          steps.add(new Metaspace(node.path("replacement").asString("\u2581"), !never));
        }
        case "Strip" -> steps.add(strip(node, where));
        case "WordPiece" -> steps.add(wordPiece(node, where));
        default -> throw unsupported(where + ".type", type);
      }
    }

    private Step replace(JsonNode node, String where) {
      JsonNode pattern = node.path("pattern").path("String");
      if (!pattern.isString() || pattern.asString().isEmpty()) {
        throw unsupported(where + ".pattern", node.path("pattern").toString());
      }
      String text = pattern.asString();
      if (fused && text.codePointCount(0, text.length()) > 1) {
        throw unsupported(where + ".pattern", text);
      }
      return new Replace(text, node.path("content").asString(""));
    }

    private Step strip(JsonNode node, String where) {
      String content = node.path("content").asString("");
      if (content.isEmpty() || node.path("stop").asInt(0) != 0) {
        throw unsupported(where, node.toString().toLowerCase(Locale.ROOT));
      }
      return new Strip(content, node.path("start").asInt(0), fused);
    }

    private Step wordPiece(JsonNode node, String where) {
      separate(where, "WordPiece");
      if (node.path("cleanup").asBoolean(true)) {
        throw unsupported(where + ".cleanup", "true");
      }
      return new WordPiece(node.path("prefix").asString("##"));
    }

    /** Refuses a step that needs tokens where an earlier one has already joined them. */
    private void separate(String where, String type) {
      if (fused) {
        throw unsupported(where + ".type", type + " after the tokens were joined");
      }
    }

    private static FormatException unsupported(String where, String value) {
      return new FormatException(
          "unsupported-tokenizer", "tokenizer.json " + where, "not supported: " + value);
    }
  }
}
