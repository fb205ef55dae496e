package dev.heddle.format.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.format.FormatException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerTest {
  private static final String TEXT = "someone japanese, wörld 👋 \u0000 12 \n";

  @TempDir Path folder;

  @Test
  void text_survives_encoding_and_decoding() throws IOException {
    try (Tokenizer tokenizer = Tokenizer.open(Tokenizers.demoFolder())) {
      assertThat(tokenizer.decode(tokenizer.encode(TEXT, false))).isEqualTo(TEXT);
    }
  }

  @Test
  void special_tokens_written_in_the_text_are_recognised() throws IOException {
    try (Tokenizer tokenizer = Tokenizer.open(Tokenizers.demoFolder())) {
      int[] tokens = tokenizer.encode("<|bos|><|user|>a<|eos|>", false);
      assertThat(tokens).startsWith(0, 2).endsWith(1).hasSize(4);
      assertThat(tokenizer.isSpecial(2)).isTrue();
      assertThat(tokenizer.isSpecial(tokens[2])).isFalse();
      assertThat(tokenizer.decode(tokens)).isEqualTo("a");
      assertThat(tokenizer.decode(tokens, false)).isEqualTo("<|bos|><|user|>a<|eos|>");
      assertThat(tokenizer.bos()).hasValue(0);
      assertThat(tokenizer.eos()).hasValue(1);
      assertThat(tokenizer.idOf("<|assistant|>")).hasValue(3);
    }
  }

  @Test
  void a_long_text_is_not_truncated() throws IOException {
    String text = "someone ".repeat(12_500);
    try (Tokenizer tokenizer = Tokenizer.open(Tokenizers.demoFolder());
        Tokenizer limited = Tokenizers.write(folder, Tokenizers.sentencePiece())) {
      assertThat(tokenizer.decode(tokenizer.encode(text, false))).isEqualTo(text);
      assertThat(limited.decode(limited.encode("ab ".repeat(9), false))).isEqualTo("ab ".repeat(9));
    }
  }

  @Test
  void the_bytes_of_the_tokens_joined_are_the_text() throws IOException {
    try (Tokenizer tokenizer = Tokenizer.open(Tokenizers.demoFolder());
        Tokenizer sentencePiece = Tokenizers.write(folder, Tokenizers.sentencePiece())) {
      assertThat(joined(tokenizer, TEXT)).isEqualTo(TEXT);
      assertThat(joined(sentencePiece, "ab é 👋")).isEqualTo(" ab é 👋");
    }
  }

  @Test
  void an_id_outside_the_vocabulary_has_no_text() throws IOException {
    try (Tokenizer tokenizer = Tokenizer.open(Tokenizers.demoFolder())) {
      int beyond = tokenizer.vocabularySize();
      int last = tokenizer.encode("a", false)[0];
      assertThat(tokenizer.decode(new int[] {beyond, last, -1, Integer.MAX_VALUE})).isEqualTo("a");
      assertThat(tokenizer.tokenBytes(beyond)).isEmpty();
      assertThat(tokenizer.isSpecial(-1)).isFalse();
    }
  }

  @Test
  void a_lone_surrogate_is_encoded_as_a_replacement_character() throws IOException {
    try (Tokenizer tokenizer = Tokenizer.open(Tokenizers.demoFolder())) {
      assertThat(tokenizer.decode(tokenizer.encode("a\uD83D b👋", false))).isEqualTo("a\uFFFD b👋");
    }
  }

  @Test
  void many_threads_share_one_tokenizer() throws Exception {
    try (Tokenizer tokenizer = Tokenizer.open(Tokenizers.demoFolder());
        ExecutorService threads = Executors.newFixedThreadPool(4)) {
      int[] expected = tokenizer.encode(TEXT.repeat(50), false);
      Callable<int[]> encode = () -> tokenizer.encode(TEXT.repeat(50), false);
      List<Future<int[]>> results =
          IntStream.range(0, 64).mapToObj(i -> threads.submit(encode)).toList();
      for (Future<int[]> result : results) {
        assertThat(result.get()).isEqualTo(expected);
      }
    }
  }

  @Test
  void a_closed_tokenizer_refuses_work() throws IOException {
    Tokenizer tokenizer = Tokenizer.open(Tokenizers.demoFolder());
    tokenizer.close();
    tokenizer.close();
    assertThatThrownBy(() -> tokenizer.encode("a", false))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void a_missing_broken_or_unsupported_file_is_named() throws IOException {
    assertThatThrownBy(() -> Tokenizer.open(folder)).hasMessageContaining("missing-tokenizer");
    for (String broken :
        List.of("", "[", "{}", "3", "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": -4}}}")) {
      assertThatThrownBy(() -> Tokenizers.write(folder, broken))
          .isInstanceOf(FormatException.class);
    }
    String unknown = Tokenizers.sentencePiece().replace("ByteFallback", "CTC");
    assertThatThrownBy(() -> Tokenizers.write(folder, unknown))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("decoder.decoders[1].type")
        .hasMessageContaining("CTC");
    Files.write(folder.resolve("tokenizer.json"), new byte[] {'"', (byte) 0xFF, '"'});
    assertThatThrownBy(() -> Tokenizer.open(folder)).hasMessageContaining("bad-utf8");
  }

  @Test
  void a_fingerprint_is_about_what_tokens_are_and_not_how_it_is_written() throws IOException {
    String json = Tokenizers.sentencePiece();
    Files.writeString(folder.resolve("tokenizer.json"), json);
    var original = Tokenizer.fingerprint(folder);
    String rewritten =
        json.replace("\"▁ a\"", "[\"▁\", \"a\"]")
            .replace("\"dropout\": null,", "\"ignore_merges\": false,")
            .replace("\"max_length\": 4", "\"max_length\": 9");
    Files.writeString(folder.resolve("tokenizer.json"), rewritten);
    assertThat(Tokenizer.fingerprint(folder)).isEqualTo(original);
    Files.writeString(folder.resolve("tokenizer.json"), json.replace("\"a b\", ", ""));
    assertThat(Tokenizer.fingerprint(folder)).isNotEqualTo(original);
    Files.delete(folder.resolve("tokenizer.json"));
    assertThat(Tokenizer.fingerprint(folder)).isNull();
  }

  private static String joined(Tokenizer tokenizer, String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Arrays.stream(tokenizer.encode(text, false))
        .forEach(token -> bytes.writeBytes(tokenizer.tokenBytes(token)));
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
