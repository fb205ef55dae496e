package dev.heddle.format.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamingDecoderTest {
  @TempDir Path folder;

  @Test
  void the_pieces_joined_are_the_whole_decode_of_any_byte_level_tokens() throws IOException {
    try (Tokenizer tokenizer = Tokenizer.open(Tokenizers.demoFolder())) {
      piecesJoinedAreTheWholeDecode(tokenizer);
    }
  }

  @Test
  void the_pieces_joined_are_the_whole_decode_of_any_sentencepiece_tokens() {
    for (String json :
        List.of(Tokenizers.sentencePiece(), Tokenizers.metaspace(), Tokenizers.withoutDecoder())) {
      try (Tokenizer tokenizer = Tokenizers.write(folder, json)) {
        piecesJoinedAreTheWholeDecode(tokenizer);
      }
    }
  }

  @Test
  void no_piece_splits_a_character() throws IOException {
    try (Tokenizer tokenizer = Tokenizer.open(Tokenizers.demoFolder())) {
      List<String> pieces = pieces(tokenizer, tokenizer.encode("é👋", false));
      assertThat(pieces.stream().filter(p -> !p.isEmpty())).containsExactly("é", "👋");
      assertThat(pieces).hasSizeGreaterThan(6);
    }
  }

  @Test
  void a_byte_that_can_never_become_a_character_is_not_held_back() throws IOException {
    try (Tokenizer tokenizer = Tokenizer.open(Tokenizers.demoFolder())) {
      StreamingDecoder decoder = tokenizer.streamingDecoder();
      int lead = tokenizer.encode("é", false)[0];
      assertThat(decoder.push(lead)).isEmpty();
      assertThat(decoder.push(lead)).isEqualTo("\uFFFD");
      assertThat(decoder.flush()).isEqualTo("\uFFFD");
    }
  }

  @Test
  void a_leading_space_is_text_only_where_the_text_continues_another() {
    try (Tokenizer tokenizer = Tokenizers.write(folder, Tokenizers.sentencePiece())) {
      int token = tokenizer.idOf("▁ab").orElseThrow();
      assertThat(tokenizer.streamingDecoder().push(token)).isEqualTo("ab");
      assertThat(tokenizer.streamingDecoder(true, true).push(token)).isEqualTo(" ab");
    }
  }

  @Test
  void special_tokens_are_skipped_or_spelled() throws IOException {
    try (Tokenizer tokenizer = Tokenizer.open(Tokenizers.demoFolder())) {
      assertThat(tokenizer.streamingDecoder().push(1)).isEmpty();
      assertThat(tokenizer.streamingDecoder(false, false).push(1)).isEqualTo("<|eos|>");
    }
  }

  private static void piecesJoinedAreTheWholeDecode(Tokenizer tokenizer) {
    for (int seed = 0; seed < 2000; seed++) {
      Random random = new Random(seed);
      int reach = random.nextBoolean() ? tokenizer.vocabularySize() + 3 : 260;
      int[] tokens = random.ints(random.nextInt(24), 0, reach).toArray();
      assertThat(String.join("", pieces(tokenizer, tokens)))
          .as("seed %d", seed)
          .isEqualTo(tokenizer.decode(tokens));
      StreamingDecoder spelled = tokenizer.streamingDecoder(false, false);
      StringBuilder text = new StringBuilder();
      for (int token : tokens) {
        text.append(spelled.push(token));
      }
      assertThat(text.append(spelled.flush()).toString())
          .as("seed %d, specials kept", seed)
          .isEqualTo(tokenizer.decode(tokens, false));
    }
  }

  private static List<String> pieces(Tokenizer tokenizer, int[] tokens) {
    StreamingDecoder decoder = tokenizer.streamingDecoder();
    List<String> pieces = new ArrayList<>();
    for (int token : tokens) {
      pieces.add(decoder.push(token));
    }
    pieces.add(decoder.flush());
    return pieces;
  }
}
