package dev.heddle.format.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/** Tokenizers for tests: the demo model's (byte-level) and small ones written here. */
final class Tokenizers {
  private Tokenizers() {}

  static Path demoFolder() {
    return Path.of(System.getProperty("heddle.repo"), "demo", "base");
  }

  /** As Llama 2's and Mixtral's: metaspace, byte fallback, one leading space stripped. */
  static String sentencePiece() {
    String decoder =
        """
        {"type": "Sequence", "decoders": [
          {"type": "Replace", "pattern": {"String": "▁"}, "content": " "},
          {"type": "ByteFallback"}, {"type": "Fuse"},
          {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}\
        """;
    String normalizer =
        """
        {"type": "Sequence", "normalizers": [
          {"type": "Prepend", "prepend": "▁"},
          {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]}\
        """;
    return bpe(normalizer, decoder);
  }

  /** As converters write it by now: the Metaspace pre-tokenizer and decoder. */
  static String metaspace() {
    return bpe(
        "null", "{\"type\": \"Metaspace\", \"replacement\": \"▁\", \"prepend_scheme\": \"first\"}");
  }

  static String withoutDecoder() {
    return bpe("null", "null");
  }

  static Tokenizer write(Path folder, String json) {
    try {
      Files.writeString(folder.resolve("tokenizer.json"), json);
      return Tokenizer.open(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String bpe(String normalizer, String decoder) {
    List<String> tokens = new ArrayList<>(List.of("<unk>", "<s>", "</s>"));
    IntStream.range(0, 256).forEach(b -> tokens.add("<0x%02X>".formatted(b)));
    tokens.addAll(List.of("▁", "a", "b", "é", "▁a", "▁▁", "ab", "▁ab", "b▁"));
    Map<String, Integer> vocab =
        IntStream.range(0, tokens.size()).boxed().collect(Collectors.toMap(tokens::get, i -> i));
    String added =
        IntStream.range(0, 3)
            .mapToObj(i ->
                ("{\"id\": %d, \"content\": \"%s\", \"special\": true, \"normalized\": false,"
                        + " \"single_word\": false, \"lstrip\": false, \"rstrip\": false}")
                    .formatted(i, tokens.get(i)))
            .collect(Collectors.joining(", "));
    return """
    {"version": "1.0", "truncation": {"max_length": 4, "strategy": "LongestFirst", "stride": 0,
       "direction": "Right"}, "padding": null,
     "added_tokens": [%s], "normalizer": %s, "pre_tokenizer": null, "post_processor": null,
     "decoder": %s,
     "model": {"type": "BPE", "dropout": null, "unk_token": "<unk>", "fuse_unk": true,
       "byte_fallback": true, "vocab": %s,
       "merges": ["▁ a", "▁ ▁", "a b", "▁ ab", "b ▁"]}}
    """
        .formatted(added, normalizer, decoder, JsonMapper.shared().writeValueAsString(vocab));
  }
}
