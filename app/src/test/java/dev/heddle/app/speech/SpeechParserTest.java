package dev.heddle.app.speech;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.app.speech.SpeechSyntax.Thinking;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What answers mean, in one piece and cut at every place. */
class SpeechParserTest {
  private static final Set<String> NAMES = Set.of("weather", "time");
  private static final String DS_BEGIN = "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>";
  private static final String DS_END = "<｜tool▁call▁end｜>";
  private static final String DS_OVER = "<｜tool▁calls▁end｜>";

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '"',
      value = {
        "HERMES # <tool_call>\\n{'name': 'weather', 'arguments': {'city': 'Rome'}}\\n</tool_call>",
        "HERMES # <tool_call>{'name':'weather','arguments':'{\\'city\\': \\'Rome\\'}'}</tool_call>",
        "HERMES # <tool_call>{'name':'weather','arguments':{'city':'Rome'}}",
        "LLAMA # {'name': 'weather', 'parameters': {'city': 'Rome'}}",
        "LLAMA # <|python_tag|>{'name': 'weather', 'parameters': {'city': 'Rome'}}",
        "MISTRAL # [TOOL_CALLS][{'name': 'weather', 'arguments': {'city': 'Rome'}}]",
        "MISTRAL # [TOOL_CALLS] weather[ARGS]{'city': 'Rome'}",
        "MISTRAL # [TOOL_CALLS]weather[CALL_ID]abcdefghi[ARGS]{'city': 'Rome'}",
        "DEEPSEEK # BEGINweather<｜tool▁sep｜>{'city': 'Rome'}ENDOVER",
        "DEEPSEEK # BEGINfunction<｜tool▁sep｜>weather\\n```json\\n{'city': 'Rome'}\\n```ENDOVER",
      })
  void a_call_is_found_in_the_family_s_own_words(ToolFormat format, String text) {
    assertSaid(
        calls(format), unquoted(text), new Piece.Call("id0", "weather", "{\"city\":\"Rome\"}"));
  }

  @Test
  void of_an_argument_that_is_written_twice_the_last_counts() {
    Piece.Call call = new Piece.Call("id0", "weather", "{\"city\":\"Oslo\",\"city\":\"Rome\"}");

    assertThat(String.valueOf(call.input())).isEqualTo("{\"city\":\"Rome\"}");
    assertSaid(
        calls(ToolFormat.LLAMA),
        unquoted("{'name': 'weather', 'parameters': {'city': 'Oslo', 'city': 'Rome'}}"),
        new Piece.Call("id0", "weather", "{\"city\":\"Rome\"}"));
  }

  @Test
  void several_calls_come_in_their_order_and_space_between_them_is_nobody_s() {
    Piece[] two = {new Piece.Call("id0", "weather", "{}"), new Piece.Call("id1", "time", "{}")};
    assertSaid(
        calls(ToolFormat.HERMES),
        unquoted(
            "<tool_call>{'name':'weather'}</tool_call>\n<tool_call>{'name':'time'}</tool_call>\n"),
        two);
    assertSaid(calls(ToolFormat.LLAMA), unquoted("{'name':'weather'}; {'name':'time'}"), two);
    assertSaid(
        calls(ToolFormat.MISTRAL),
        unquoted("[TOOL_CALLS][{'name':'weather'},{'name':'time'}]"),
        two);
    assertSaid(
        calls(ToolFormat.MISTRAL), unquoted("[TOOL_CALLS]weather{}[TOOL_CALLS]time[ARGS]{}"), two);
    assertSaid(
        calls(ToolFormat.DEEPSEEK),
        unquoted("BEGINweather<｜tool▁sep｜>{}END\n<｜tool▁call▁begin｜>time<｜tool▁sep｜>{}ENDOVER"),
        two);
  }

  @Test
  void what_is_said_before_a_call_is_content() {
    assertSaid(
        calls(ToolFormat.HERMES),
        unquoted("I look. \n<tool_call>{'name':'time'}</tool_call>"),
        new Piece.Content("I look."),
        new Piece.Call("id0", "time", "{}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '"',
      value = {
        "HERMES # <tool_call>{'name': 'weather', 'arguments': {'city'",
        "HERMES # <tool_call>{'name': 'nobody', 'arguments': {}}</tool_call>",
        "HERMES # <tool_call>{'name': 'weather', 'arguments': 7}</tool_call>",
        "HERMES # <tool_call>{'name': 'weather', 'arguments': }</tool_call>",
        "HERMES # <tool_call>weather</tool_call>",
        "HERMES # <tool_call>{'name': 'weather'}]</tool_call>",
        "HERMES # a <tool_ca",
        "HERMES # a < b <t <tool_call",
        "LLAMA # {'city': 'Rome'}",
        "LLAMA # See {'name': 'weather', 'parameters': {}}",
        "LLAMA # {'name': 'weather', 'parameters': {",
        "MISTRAL # [TOOL_CALLS][{'name': 'weather'}, {'name': 'nobody'}]",
        "MISTRAL # [TOOL_CALLS]weather",
        "DEEPSEEK # BEGINweather{'city': 'Rome'}ENDOVER",
        "DEEPSEEK # BEGINweather<｜tool▁sep｜>{'city': 'Ro",
        "DEEPSEEK # <｜tool▁calls▁begin｜>OVER",
        "HERMES # {'name': 'weather', 'arguments': {}}",
      })
  void what_is_broken_off_or_calls_nobody_is_content(ToolFormat format, String text) {
    String said = unquoted(text);
    assertSaid(calls(format), said, new Piece.Content(said));
  }

  @Test
  void an_answer_that_may_call_one_tool_ends_with_the_first_call() {
    SpeechSyntax one =
        new SpeechSyntax(Thinking.NONE, new SpeechSyntax.Calls(ToolFormat.HERMES, NAMES, false));
    String call = unquoted("<tool_call>{'name':'time'}</tool_call>");

    assertSaid(one, call + "\n" + call + " more", new Piece.Call("id0", "time", "{}"));
  }

  @ParameterizedTest
  @CsvSource({
    "MARKED, '<think>why</think>so', why, so",
    "MARKED, '\n<think>\nwhy not\n</think>\n\nso', 'why not', so",
    "MARKED, '<think>why', why, ''",
    "MARKED, ' so', '', ' so'",
    "MARKED, 'so <think>why</think>', '', 'so <think>why</think>'",
    "MARKED, '<thin', '', '<thin'",
    "MARKED, '<think></think>so', '', so",
    "BEGUN, '\nwhy</thin</think> so', 'why</thin', so",
    "BEGUN, 'why', why, ''",
    "NONE, '<think>why</think>so', '', '<think>why</think>so'",
  })
  void reasoning_is_told_apart(Thinking thinking, String text, String reasoning, String content) {
    List<Piece> said = new ArrayList<>();
    if (!reasoning.isEmpty()) {
      said.add(new Piece.Reasoning(reasoning));
    }
    if (!content.isEmpty()) {
      said.add(new Piece.Content(content));
    }
    assertSaid(new SpeechSyntax(thinking, null), text, said.toArray(Piece[]::new));
  }

  @Test
  void a_call_that_is_only_thought_of_is_none() {
    SpeechSyntax both =
        new SpeechSyntax(Thinking.MARKED, new SpeechSyntax.Calls(ToolFormat.HERMES, NAMES, true));
    String call = unquoted("<tool_call>{'name':'time'}</tool_call>");

    assertSaid(
        both,
        "<think>" + call + "</think>" + call,
        new Piece.Reasoning(call),
        new Piece.Call("id0", "time", "{}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '"',
      value = {
        "HERMES # <tool_call>\\n{'name': 'weather', 'arguments': @}\\n</tool_call>",
        "LLAMA # {'name': 'weather', 'parameters': @}",
        "MISTRAL # [TOOL_CALLS][{'name': 'weather', 'arguments': @}]",
        "DEEPSEEK # BEGINweather<｜tool▁sep｜>@ENDOVER",
        "DEEPSEEK # BEGINfunction<｜tool▁sep｜>weather\\n```json\\n@\\n```ENDOVER",
      })
  void a_call_that_is_certain_is_told_while_it_is_written(ToolFormat format, String text) {
    String arguments = "{\"city\": \"R}\\\"\", \"in\": [{}]}";
    String said = unquoted(text).replace("@", arguments);
    SpeechSyntax certain = certain(format);
    int begin = said.indexOf(arguments);

    assertSaid(certain, said, new Piece.Call("id0", "weather", arguments));
    for (int cut = 1; cut <= arguments.length(); cut++) {
      Piece part = new Piece.Call("id0", "weather", arguments.substring(0, cut));
      SpeechParser parser = parser(certain);
      assertThat(parser.push(said.substring(0, begin + cut))).containsExactly(part);
      assertThat(parser.end()).isEmpty();
    }
    SpeechParser parser = parser(certain);
    assertThat(parser.push(said.substring(0, begin))).isEmpty();
    assertThat(Piece.content(parser.end())).isEqualTo(said.substring(0, begin));
  }

  @Test
  void several_calls_that_are_certain_have_an_id_each() {
    Piece[] two = {new Piece.Call("id0", "weather", "{}"), new Piece.Call("id1", "time", "{}")};
    assertSaid(
        certain(ToolFormat.HERMES),
        unquoted(
            "so <tool_call>\n{'name': 'weather', 'arguments': {}}\n</tool_call>\n"
                + "<tool_call>\n{'name': 'time', 'arguments': {}}\n</tool_call>"),
        new Piece.Content("so"),
        two[0],
        two[1]);
    assertSaid(
        certain(ToolFormat.LLAMA),
        unquoted("{'name': 'weather', 'parameters': {}}; {'name': 'time', 'parameters': {}}"),
        two);
    assertSaid(
        certain(ToolFormat.MISTRAL),
        unquoted(
            "[TOOL_CALLS][{'name': 'weather', 'arguments': {}}, {'name': 'time', 'arguments': {}}]"),
        two);
    assertSaid(
        certain(ToolFormat.DEEPSEEK),
        unquoted("BEGINweather<｜tool▁sep｜>{}END\n<｜tool▁call▁begin｜>time<｜tool▁sep｜>{}ENDOVER"),
        two);
  }

  @Test
  void where_calls_lead_nothing_else_may_come_before_them() {
    SpeechSyntax leading =
        new SpeechSyntax(
            Thinking.NONE, new SpeechSyntax.Calls(ToolFormat.HERMES, NAMES, true, true, false));
    String call = unquoted("<tool_call>{'name':'time'}</tool_call>");

    assertSaid(leading, " " + call, new Piece.Call("id0", "time", "{}"));
    assertSaid(leading, "a" + call, new Piece.Content("a" + call));
  }

  /** Whatever comes of marks, JSON and noise: cut anywhere it is the same, and no text is lost. */
  @ParameterizedTest
  @EnumSource(ToolFormat.class)
  void any_text_means_the_same_however_it_is_cut(ToolFormat format) {
    Random random = new Random(format.ordinal());
    List<String> words = new ArrayList<>(format.marks());
    words.addAll(
        List.of(
            "{\"name\": \"time\", \"arguments\": {}}",
            "{",
            "}",
            "[",
            "]",
            "\"",
            "\\",
            "time",
            " ",
            "\n",
            ";",
            "<",
            "<tool",
            "function",
            "```json",
            "```",
            "{}",
            "ab",
            "<think>",
            "</think>"));
    for (int round = 0; round < 2000; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(12); i >= 0; i--) {
        text.append(words.get(random.nextInt(words.size())));
      }
      Thinking thinking = Thinking.values()[random.nextInt(3)];
      SpeechSyntax syntax =
          new SpeechSyntax(thinking, new SpeechSyntax.Calls(format, NAMES, random.nextInt(4) > 0));
      List<Piece> whole = said(syntax, text.toString(), null);
      assertThat(said(syntax, text.toString(), random)).as(text.toString()).isEqualTo(whole);
      boolean calls = whole.stream().anyMatch(piece -> piece instanceof Piece.Call);
      if (!calls && thinking == Thinking.NONE) {
        assertThat(Piece.content(whole)).isEqualTo(text.toString());
      }
    }
  }

  private static void assertSaid(SpeechSyntax syntax, String text, Piece... said) {
    assertThat(said(syntax, text, null)).containsExactly(said);
    for (int cut = 0; cut <= text.length(); cut++) {
      SpeechParser parser = parser(syntax);
      List<Piece> pieces = new ArrayList<>(parser.push(text.substring(0, cut)));
      pieces.addAll(parser.push(text.substring(cut)));
      pieces.addAll(parser.end());
      assertThat(Piece.joined(pieces)).as("cut at %d", cut).containsExactly(said);
    }
    assertThat(said(syntax, text, new Random(1))).containsExactly(said);
  }

  /** What a text means, whole, or cut at random places. */
  private static List<Piece> said(SpeechSyntax syntax, String text, @Nullable Random cuts) {
    SpeechParser parser = parser(syntax);
    List<Piece> pieces = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      int next = cuts == null ? text.length() : Math.min(text.length(), at + 1 + cuts.nextInt(4));
      pieces.addAll(parser.push(text.substring(at, next)));
      at = next;
    }
    pieces.addAll(parser.end());
    return Piece.joined(pieces);
  }

  private static SpeechParser parser(SpeechSyntax syntax) {
    AtomicInteger made = new AtomicInteger();
    Supplier<String> ids = () -> "id" + made.getAndIncrement();
    return syntax.parser(ids);
  }

  private static SpeechSyntax certain(ToolFormat format) {
    return new SpeechSyntax(
        Thinking.NONE, new SpeechSyntax.Calls(format, NAMES, true, false, true));
  }

  private static SpeechSyntax calls(ToolFormat format) {
    return new SpeechSyntax(Thinking.NONE, new SpeechSyntax.Calls(format, NAMES, true));
  }

  private static String unquoted(String text) {
    return text.replace("\\n", "\n")
        .replace("\\'", "\\\"")
        .replace("'", "\"")
        .replace("BEGIN", DS_BEGIN)
        .replace("OVER", DS_OVER)
        .replace("END", DS_END);
  }
}
