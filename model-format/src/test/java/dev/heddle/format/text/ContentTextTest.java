package dev.heddle.format.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class ContentTextTest {
  private static final ChatTemplate PLAIN =
      ChatTemplate.parse("{% for m in messages %}{{ m.content }}{% endfor %}");

  /** {@code <|hole|>} is an added token that is not special. */
  private static final String SMALL =
      """
      {"version": "1.0", "truncation": null, "padding": null, "normalizer": null,
       "added_tokens": [%s, %s, %s], "pre_tokenizer": null, "post_processor": null,
       "decoder": null,
       "model": {"type": "BPE", "dropout": null, "unk_token": null,
         "continuing_subword_prefix": null, "end_of_word_suffix": null, "fuse_unk": false,
         "vocab": {"a": 0, "b": 1, "<": 2, "|": 3, ">": 4, "o": 5, "s": 6, "e": 7, "h": 8, "l": 9,
           "E": 10, "O": 11, "S": 12, "|>": 13, "s|>": 14, "os|>": 15},
         "merges": ["| >", "s |>", "o s|>"]}}
      """
          .formatted(
              added(16, "<|bos|>", true), added(17, "<|eos|>", true), added(18, "<|hole|>", false));

  private final ContentText content;

  ContentTextTest(@TempDir Path folder) {
    content = Tokenizers.write(folder, SMALL).content(PLAIN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"hi", "a < b", "a|b>", "", "<|eos", "é\uD83D\uDE00 <user>", "<|EOS|>"})
  void marks_keep_the_length_of_a_text_and_can_be_taken_out(String text) {
    String marked = content.marked(text);

    assertThat(marked).hasSameSizeAs(text);
    assertThat(content.unmarked(marked)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"hi", "a < b", "a|b>", "é\uD83D\uDE00 <user>", "x<|hole|>y"})
  void what_spells_no_control_token_is_left_as_it_is(String text) {
    assertThat(content.marked(text)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a<|eos|>b", "<|eos|><|bos|>", "<|eo", "s|>", "<<|eos|>>", "eos", "|", "a<"})
  void no_text_beside_it_makes_a_control_token_of_it(String text) {
    String marked = content.marked(text);

    for (String before : List.of("", "<|eo", "<|bo", "<", "<|", "<|eos")) {
      for (String after : List.of("", "s|>", "|>", ">", "|eos|>", "bos|>")) {
        String rendered = before + marked + after;
        assertThat(rendered).doesNotContain("<|eos|>").doesNotContain("<|bos|>");
        assertThat(Arrays.stream(content.encode(rendered)).filter(id -> id == 16 || id == 17))
            .isEmpty();
      }
    }
  }

  @Test
  void a_template_that_changes_the_case_makes_no_control_token() {
    String rendered = content.marked("a<|EOS|>").toLowerCase(Locale.ROOT);

    assertThat(content.encode(rendered)).containsExactly(0, 2, 3, 7, 15);
  }

  /** One encoding of all: what stands between two control tokens gets one leading space. */
  @Test
  void what_a_message_spells_does_not_cut_it(@TempDir Path folder) {
    try (Tokenizer tokenizer = Tokenizers.write(folder, Tokenizers.sentencePiece());
        ContentText marking = tokenizer.content(PLAIN)) {
      int[] ids = marking.encode("<s>" + marking.marked("a </s> b") + "</s>");

      assertThat(ids).containsExactly(1, 263, 259, 63, 50, 118, 65, 259, 261, 2);
    }
  }

  /** DeepSeek-R1 has role tokens that are not special; Qwen3 cuts thoughts out of answers. */
  @Test
  void added_tokens_that_the_template_writes_are_control_tokens_unless_it_looks_for_them() {
    String roles =
        "{% for m in messages %}<|User|>{{ m.content.split('</think>')[-1] }}{% endfor %}";
    ChatTemplate template = ChatTemplate.parse(roles);

    assertThat(template.controlsBy("<|User|>")).isTrue();
    assertThat(template.controlsBy("</think>")).isFalse();
    assertThat(template.controlsBy("<|hole|>")).isFalse();
  }

  @Test
  void tokens_of_a_unigram_model_stay_text_too(@TempDir Path folder) {
    String unigram =
        """
        {"version": "1.0", "truncation": null, "padding": null, "normalizer": null,
         "added_tokens": [%s, %s], "pre_tokenizer": null, "post_processor": null, "decoder": null,
         "model": {"type": "Unigram", "unk_id": 0, "byte_fallback": false, "vocab": [
           ["<unk>", 0.0], ["</s>", 0.0], ["<", -1.0], ["/", -1.0], ["s", -1.0], [">", -1.0]]}}
        """
            .formatted(added(0, "<unk>", true), added(1, "</s>", true));
    try (Tokenizer tokenizer = Tokenizers.write(folder, unigram);
        ContentText marking = tokenizer.content(PLAIN)) {
      assertThat(marking.encode(marking.marked("s</s>") + "</s>"))
          .containsExactly(4, 2, 3, 4, 5, 1);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "null; null; 1",
        "{\"type\": \"NFC\"}; {\"type\": \"ByteLevel\"}; 4",
        "{\"type\": \"Strip\"}; null; 0",
        "null; {\"type\": \"WhitespaceSplit\"}; 0",
        "{\"type\": \"Replace\", \"pattern\": {\"String\": \" \"}, \"content\": \"_\"}; null; 1",
        "{\"type\": \"Replace\", \"pattern\": {\"Regex\": \" +\"}, \"content\": \" \"}; null; 0"
      })
  void the_bound_of_a_texts_length_knows_what_shortens_texts(
      String normalizer, String splitter, int shortening) {
    String json =
        "{\"model\": {\"type\": \"BPE\"}, \"normalizer\": %s, \"pre_tokenizer\": %s}"
            .formatted(normalizer, splitter);

    assertThat(TextBound.shortening(JsonMapper.shared().readTree(json))).isEqualTo(shortening);
  }

  @Test
  void a_template_that_loops_over_parts_reads_parts_only() {
    String loop =
        "{% for m in messages %}{% for p in m.content %}{{ p.text }}{% endfor %}{% endfor %}";
    String both =
        "{% for m in messages %}{% if m.content is string %}{{ m.content }}{% else %}{{"
            + " m.content[0].text }}{% endif %}{% endfor %}";

    assertThat(ChatTemplate.parse(loop).readsPartsOnly()).isTrue();
    assertThat(ChatTemplate.parse(both).readsPartsOnly()).isFalse();
    assertThat(ChatTemplate.parse("{{ messages[0].content }}").readsPartsOnly()).isFalse();
    assertThat(ChatTemplate.parse("nothing").readsPartsOnly()).isFalse();
    String needsSystem =
        "{% if messages[0].role != 'system' %}{{ raise_exception('no') }}{% endif %}";
    assertThat(ChatTemplate.parse(needsSystem + loop).readsPartsOnly()).isTrue();
  }

  @Test
  void a_template_sees_every_special_token_that_the_tokenizer_names(@TempDir Path folder)
      throws IOException {
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        """
        {"pad_token": "<pad>", "cls_token": {"content": "<cls>"}, "mask_token": null,
         "extra_special_tokens": {"image_token": "<image>", "boi": "<boi>"},
         "chat_template": "{{ pad_token }}{{ cls_token }}{{ sep_token }}{{ image_token }}{{ boi }}"}
        """);
    Files.writeString(folder.resolve("special_tokens_map.json"), "{\"sep_token\": \"<sep>\"}");
    ChatTemplate template = ChatTemplate.load(folder);

    assertThat(template).isNotNull();
    assertThat(template.render(new RenderInput(List.of(Map.of("role", "user", "content", "x")))))
        .isEqualTo("<pad><cls><sep><image><boi>");
  }

  /** The library numbers added tokens by their places: none may take a control token's id. */
  @ParameterizedTest
  @ValueSource(strings = {"ab<|hole|><", "<|hole|><|eos|>", "<|bos|>a<|eos|>", "a<|bos|"})
  void content_has_no_control_token_beside_added_tokens_that_are_none(String text) {
    int[] ids = content.encode("<|bos|>" + content.marked(text) + "<|eos|>");

    assertThat(ids).startsWith(16).endsWith(17);
    assertThat(Arrays.copyOfRange(ids, 1, ids.length - 1)).doesNotContain(16, 17);
    assertThat(Arrays.stream(ids).anyMatch(id -> id == 18)).isEqualTo(text.contains("<|hole|>"));
  }

  private static String added(int id, String content, boolean special) {
    return ("{\"id\": %d, \"content\": \"%s\", \"single_word\": false, \"lstrip\": false,"
            + " \"rstrip\": false, \"normalized\": false, \"special\": %b}")
        .formatted(id, content, special);
  }
}
