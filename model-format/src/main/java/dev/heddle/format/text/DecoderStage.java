package dev.heddle.format.text;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * One {@link DecoderPlan.Step} at work on a stream of pieces: gets pieces of text, hands on those
 * that later ones cannot change. Not thread-safe.
 */
abstract class DecoderStage {
  private final Consumer<String> next;

  DecoderStage(Consumer<String> next) {
    this.next = next;
  }

  /** Takes the next piece. */
  abstract void push(String piece);

  /** Hands on what is held back: nothing follows. */
  void flush() {}

  final void emit(String piece) {
    next.accept(piece);
  }

  /**
   * @param continued whether other text stands before the first piece
   */
  static DecoderStage of(DecoderPlan.Step step, boolean continued, Consumer<String> next) {
    return switch (step) {
      case DecoderPlan.Replace s -> new Each(next, p -> p.replace(s.pattern(), s.content()));
      case DecoderPlan.ByteFallback s -> new ByteRun(next);
      case DecoderPlan.ByteLevel s -> new ByteStream(next);
      case DecoderPlan.Metaspace s ->
          new First(
              next,
              p -> p.replace(s.replacement(), continued || !s.prepended() ? " " : ""),
              p -> p.replace(s.replacement(), " "));
      case DecoderPlan.Strip s when s.whole() -> new Leading(next, s, continued ? 0 : s.count());
      case DecoderPlan.Strip s -> new Each(next, p -> DecoderPlan.strip(p, s));
      case DecoderPlan.WordPiece s ->
          new First(next, p -> continued ? word(p, s.prefix()) : p, p -> word(p, s.prefix()));
      case DecoderPlan.Spaces s -> new First(next, p -> continued ? " " + p : p, p -> " " + p);
    };
  }

  private static String word(String piece, String prefix) {
    return piece.startsWith(prefix) ? piece.substring(prefix.length()) : " " + piece;
  }

  /** A rewriting of text. */
  private interface Rewrite {
    String apply(String piece);
  }

  private static final class Each extends DecoderStage {
    private final Rewrite rewrite;

    Each(Consumer<String> next, Rewrite rewrite) {
      super(next);
      this.rewrite = rewrite;
    }

    @Override
    void push(String piece) {
      emit(rewrite.apply(piece));
    }
  }

  private static final class First extends DecoderStage {
    private final Rewrite first;
    private final Rewrite rest;
    private boolean begun;

    First(Consumer<String> next, Rewrite first, Rewrite rest) {
      super(next);
      this.first = first;
      this.rest = rest;
    }

    @Override
    void push(String piece) {
      Rewrite rewrite = begun ? rest : first;
      begun = true;
      emit(rewrite.apply(piece));
    }
  }

  /** Takes leading characters off the whole text. */
  private static final class Leading extends DecoderStage {
    private final String content;
    private int left;

    Leading(Consumer<String> next, DecoderPlan.Strip strip, int count) {
      super(next);
      this.content = strip.content();
      this.left = count;
    }

    @Override
    void push(String piece) {
      String rest = piece;
      while (left > 0 && !rest.isEmpty()) {
        if (rest.startsWith(content)) {
          rest = rest.substring(content.length());
          left--;
        } else {
          left = 0;
        }
      }
      emit(rest);
    }
  }

  private static final class ByteStream extends DecoderStage {
    private final Utf8Decoder utf8 = new Utf8Decoder();

    ByteStream(Consumer<String> next) {
      super(next);
    }

    @Override
    void push(String piece) {
      StringBuilder text = new StringBuilder();
      utf8.push(ByteAlphabet.bytes(piece), text);
      emit(text.toString());
    }

    @Override
    void flush() {
      StringBuilder text = new StringBuilder();
      utf8.flush(text);
      emit(text.toString());
    }
  }

  /**
   * Holds a run of byte tokens until it ends: if all of it is UTF-8 it is text, otherwise each of
   * its bytes becomes U+FFFD.
   */
  private static final class ByteRun extends DecoderStage {
    private final ByteArrayOutputStream run = new ByteArrayOutputStream();

    ByteRun(Consumer<String> next) {
      super(next);
    }

    @Override
    void push(String piece) {
      int value = DecoderPlan.byteToken(piece);
      if (value >= 0) {
        run.write(value);
      } else {
        flush();
        emit(piece);
      }
    }

    @Override
    void flush() {
      if (run.size() == 0) {
        return;
      }
      byte[] bytes = run.toByteArray();
      run.reset();
      try {
        emit(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
      } catch (CharacterCodingException e) {
        emit("\uFFFD".repeat(bytes.length));
      }
    }
  }
}
