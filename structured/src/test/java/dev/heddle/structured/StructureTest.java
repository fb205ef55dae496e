package dev.heddle.structured;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class StructureTest {
  private static final JsonMapper JSON = new JsonMapper();

  private static Structure schema(String json) {
    return new Structure.JsonSchema(JSON.readTree(json.replace('\'', '"').replace('@', '#')));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "[a-c]+ # abcab # abd",
        "a{2,3} # aaa # aaaa",
        "a{2,} # aaaaa # a",
        "(foo|bar)? # bar # foobar",
        "^x$ # x # xx",
        "a|^b$ # b # ab",
        "[^0-9]. # ä€ # 1a",
        "\\d{3}-\\d{4} # 555-1234 # 555-123",
        "(?:a(b)?)*c # ababac # abbc",
        "\\p{Lu}\\p{Ll}* # Öl # öl",
        "a\\.b # a.b # axb",
        "\\u{1F600}+ # 😀😀 # x",
        "{a} # {a} # a",
      })
  void regular_expressions(String pattern, String taken, String refused) {
    Constraint constraint = Bytes.compile(new Structure.Regex(pattern));
    assertThat(Bytes.takes(constraint, taken)).isTrue();
    assertThat(Bytes.takes(constraint, refused)).isFalse();
  }

  @Test
  void choices() {
    Structure choice = new Structure.Choice(List.of("yes", "yesterday", "ja"));
    assertThat(Bytes.takes(choice, "yes")).isTrue();
    assertThat(Bytes.takes(choice, "yesterday")).isTrue();
    assertThat(Bytes.takes(choice, "yest")).isFalse();
  }

  @Test
  void ends_when_nothing_may_follow() {
    ConstraintState state =
        Bytes.compile(new Structure.Choice(List.of("no", "none", "not"))).start();
    assertThat(state.isComplete()).isFalse();
    state.accept('n');
    state.accept('o');
    assertThat(state.isComplete()).isTrue();
    assertThat(state.isEnded()).isFalse();
    assertThat(tokens(state)).containsExactly((int) 'n', (int) 't', 256);
    state.accept('t');
    assertThat(state.isEnded()).isTrue();
    assertThat(tokens(state)).containsExactly(256);
    assertThatThrownBy(() -> state.accept('x')).isInstanceOf(IllegalArgumentException.class);
    assertThat(state.isEnded()).isTrue();
  }

  @Test
  void gbnf() {
    Structure arithmetic =
        new Structure.Grammar(
            """
            # sums of products
            root  ::= term ([-+*/] term)*
            term  ::= ident | num | "(" ws root ")" ws
            ident ::= [a-z] [a-z0-9_]* ws
            num   ::= [0-9]+ ws
            ws    ::= [ \\t\\n]{0,2}
            """);
    assertThat(Bytes.takes(arithmetic, "(a1 +2) *(3-(b))")).isTrue();
    assertThat(Bytes.takes(arithmetic, "(a1 +2")).isFalse();
    assertThat(Bytes.takes(arithmetic, "a    +2")).isFalse();
  }

  /** Two ways to read every level: as many stacks as texts, if they were not shared. */
  @Test
  void ambiguous_grammars_stay_small() {
    Structure grammar =
        new Structure.Grammar(
            "root ::= \"a\" root \"b\" | \"a\" root \"c\" | \"a\" root root | \"\"");
    assertThat(Bytes.takes(grammar, "a".repeat(100) + "bc".repeat(50))).isTrue();
    assertThat(Bytes.takes(grammar, "a".repeat(10) + "b".repeat(11))).isFalse();
  }

  @Test
  void lark() {
    Structure json =
        new Structure.Grammar(
            """
            start: value
            ?value: object | array
                  | ESCAPED_STRING
                  | SIGNED_NUMBER -> number
                  | "true"i | "null"
            array : "[" [value ("," value)*] "]"  // a list
            object : "{" [pair ("," pair)*] "}"
            pair : ESCAPED_STRING ":" value
            %import common (ESCAPED_STRING, SIGNED_NUMBER)
            %import common.WS
            %ignore WS
            """);
    assertThat(Bytes.takes(json, " {\"a\" : [1, -2.5e3,TRUE]\n}")).isTrue();
    assertThat(Bytes.takes(json, "{\"a\" : [1,]}")).isFalse();
    Structure sum =
        new Structure.Grammar(
            "start: start \"+\" NUM | NUM\nNUM: \"1\"..\"9\" DIGIT~0..2\nDIGIT: /[0-9]/");
    assertThat(Bytes.takes(sum, "1+23+456")).isTrue();
    assertThat(Bytes.takes(sum, "1+023")).isFalse();
  }

  @Test
  void left_recursion_is_refused() {
    assertThatThrownBy(
            () -> Bytes.compile(new Structure.Grammar("root ::= e\ne ::= e \"+\" \"1\" | \"1\"")))
        .hasMessage("the rule 'e' begins with itself (left recursion)");
  }

  @Test
  void recursive_schemas() {
    Structure tree =
        schema(
            "{'type':'object','properties':{'v':{'type':'integer'},'kids':{'type':'array','items':"
                + "{'$ref':'#'}}},'required':['v','kids'],'additionalProperties':false}");
    assertThat(Bytes.takes(tree, "{\"v\":1,\"kids\":[{\"v\": -2, \"kids\":[]}]}")).isTrue();
    assertThat(Bytes.takes(tree, "{\"v\":1,\"kids\":[{\"v\":2}]}")).isFalse();
  }

  /** As pydantic writes a union that a field tells apart. */
  @Test
  void discriminated_unions() {
    String option =
        "{'type':'object','properties':{'kind':{'const':'%s','title':'Kind','type':'string'},"
            + "'%s':{'type':'array','items':{'type':'integer'}}},'required':['kind','%s']}";
    Structure union =
        schema(
            "{'discriminator':{'propertyName':'kind'},'oneOf':["
                + option.formatted("cat", "lives", "lives")
                + ","
                + option.formatted("dog", "bones", "bones")
                + "]}");
    assertThat(Bytes.takes(union, "{\"kind\":\"dog\",\"bones\":[1,2]}")).isTrue();
    assertThat(Bytes.takes(union, "{\"kind\":\"cat\",\"bones\":[1,2]}")).isFalse();
  }

  @Test
  void every_violation_is_named() {
    assertThatThrownBy(() ->
            Bytes.compile(
                schema(
                    "{'type':'objekt','properties':{'a/b':{'uniqueItems':true,'foo':1},"
                        + "'c':{'$ref':'#/$defs/none'}}}")))
        .isInstanceOfSatisfying(
            StructureException.class,
            e ->
                assertThat(e.violations())
                    .extracting(Violation::pointer)
                    .containsExactly(
                        "/type",
                        "/properties/a~1b/uniqueItems",
                        "/properties/a~1b/foo",
                        "/properties/c/$ref"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "{'$ref':'@'} # refers to itself",
        "{'anyOf':[{'$ref':'@'},{'type':'null'}]} # refers to itself",
        "{'type':'string','enum':[1]} # matches no text",
        "{'type':'integer','minimum':3,'maximum':2} # matches no text",
        "{'pattern':'(a|b)*a(a|b){20}'} # too large",
        "{'pattern':'((a{0,900}){0,900}){0,900}'} # too large",
        "{'pattern':'(?=a)b'} # not supported",
        "{'minimum':1e999999} # must be a number",
        "{'maxLength':1000000} # must be a whole number",
        "{'allOf':[{'multipleOf':1999},{'multipleOf':1997}]} # too large",
      })
  void hostile_schemas_are_refused(String json, String why) {
    assertThatThrownBy(() -> Bytes.compile(schema(json)))
        .isInstanceOf(StructureException.class)
        .hasMessageContaining(why);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'type':'number','multipleOf':19.99}",
        "{'type':'integer','multipleOf':1999,'minimum':-1e11}",
        "{'allOf':[{'multipleOf':1.24},{'multipleOf':0.031}]}",
        "{'multipleOf':1999,'anyOf':[{'minimum':1},{'maximum':2},{'maximum':30},{'minimum':400}]}",
      })
  void multiples_compile_in_a_moment(String json) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long start = threads.getCurrentThreadCpuTime();
    Constraint constraint = Bytes.compile(schema(json));
    long nanos = threads.getCurrentThreadCpuTime() - start;
    assertThat(nanos).as("time of the processor, others' left out").isLessThan(2_000_000_000L);
    assertThat(constraint.bytes()).isLessThan(16 << 20);
    assertThat(Bytes.takes(constraint, "1")).isFalse();
    assertThat(Bytes.takes(constraint, "0") || Bytes.takes(constraint, "1999")).isTrue();
  }

  @Test
  void multiples_of_two_values_are_those_of_both() {
    Constraint both =
        Bytes.compile(schema("{'allOf':[{'multipleOf':0.4},{'multipleOf':6},{'multipleOf':0.5}]}"));
    for (String taken : List.of("6", "-12", "600000000000", "0")) {
      assertThat(Bytes.takes(both, taken)).as(taken).isTrue();
    }
    for (String refused : List.of("3", "2", "6.4", "0.5")) {
      assertThat(Bytes.takes(both, refused)).as(refused).isFalse();
    }
  }

  @Test
  void a_grammar_that_is_too_ambiguous_leaves_no_token() {
    Constraint constraint =
        Bytes.compile(
            new Structure.Grammar(
                "root ::= p{200}\np ::= \"a\" p \"a\" | q\nq ::= \"a\" q \"a\" | r\n"
                    + "r ::= \"a\" r \"a\" | \"a\""));
    ConstraintState state = constraint.start();
    int written = 0;
    while (tokens(state).contains((int) 'a')) {
      state.accept('a');
      written++;
    }
    assertThat(written).isBetween(5, 199);
    assertThat(tokens(state)).isEmpty();
    assertThat(constraint.overflowed()).isTrue();
  }

  @Test
  void references_that_multiply_are_bounded() {
    StringBuilder defs = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      defs.append(
          "'d%d':{'anyOf':[{'$ref':'#/$defs/d%d'},{'$ref':'#/$defs/d%d'}]},"
              .formatted(i, i + 1, i + 1));
    }
    defs.append("'d40':{'type':'string'}");
    Structure schema = schema("{'$defs':{" + defs + "},'$ref':'#/$defs/d0'}");
    assertThat(Bytes.takes(schema, "\"x\"")).isTrue();
  }

  @Test
  void deep_nesting_is_refused() {
    String nested = "{'items':".repeat(100) + "{}" + "}".repeat(100);
    assertThatThrownBy(() -> Bytes.compile(schema(nested))).hasMessageContaining("nested deeper");
  }

  @Test
  void special_tokens_are_tokens() {
    TokenVocabulary vocabulary =
        TokenVocabulary.of(
            258,
            id -> id < 256 ? new byte[] {(byte) id} : ("<" + id + ">").getBytes(UTF_8),
            id -> id >= 256,
            256);
    Structure call =
        new Structure.Sequence(
            List.of(
                new Structure.Text(List.of("<tool>")),
                new Structure.SpecialToken(257),
                new Structure.Repeat(new Structure.Literal("ab"), 1, 2)));
    ConstraintState state = Constraint.compile(call, vocabulary, StructureLimits.DEFAULT).start();
    assertThat(state.accept("hi <tool".getBytes(UTF_8))).isTrue();
    assertThatThrownBy(() -> state.accept('>')).isInstanceOf(IllegalArgumentException.class);
    state.accept(257);
    assertThat(tokens(state)).containsExactly((int) 'a');
    assertThat(state.accept("abab".getBytes(UTF_8))).isTrue();
    assertThat(state.isEnded()).isTrue();
  }

  /** What the walk over the trie allows is what the bytes of each token allow. */
  @Test
  void masks_agree_with_bytes() {
    List<String> words =
        List.of(
            "{", "\"", "a", "\":", "\":\"", "b", "\"}", "}", "\",\"", "ab", "ä", "\n", "1", "12");
    TokenVocabulary vocabulary =
        TokenVocabulary.of(
            256 + words.size(),
            id -> id < 256 ? new byte[] {(byte) id} : words.get(id - 256).getBytes(UTF_8),
            id -> false);
    ConstraintState state =
        Constraint.compile(new Structure.JsonObject(), vocabulary, StructureLimits.DEFAULT).start();
    for (int token : new int[] {'{', 256 + 1, 256 + 9, 256 + 4, 256 + 10, 256 + 8, 'x', 256 + 3}) {
      for (int id = 0; id < vocabulary.size(); id++) {
        boolean allowed = (state.allowed()[id >> 6] >>> id & 1) != 0;
        assertThat(state.copy().accept(vocabulary.bytes(id))).isEqualTo(allowed);
      }
      state.accept(token);
    }
  }

  @Test
  void the_only_token_that_may_come_is_known() {
    ConstraintState state = Bytes.compile(new Structure.Regex("ab(c|d)[x-z]?")).start();
    assertThat(state.only()).isEqualTo('a');
    state.accept('a');
    state.accept(state.only());
    assertThat(state.only()).isEqualTo(-1);
    state.accept('c');
    assertThat(state.only()).isEqualTo(-1);
    state.accept('x');
    state.allowed();
    assertThat(state.only()).as("the end").isEqualTo(256);
  }

  @Test
  void states_are_forgotten_at_their_limit() {
    StructureLimits small = new StructureLimits(400_000, 5_000, 500, 64, 4_000, 20_000);
    Constraint constraint = Constraint.compile(new Structure.JsonObject(), Bytes.VOCABULARY, small);
    ConstraintState state = constraint.start();
    assertThat(state.accept("{\"a\":".repeat(500).getBytes(UTF_8))).isTrue();
    assertThat(constraint.bytes()).isLessThan(200_000);
    assertThat(state.accept(("1" + "}".repeat(500)).getBytes(UTF_8))).isTrue();
    assertThat(state.isEnded()).isTrue();
  }

  @Test
  void the_cache_is_bounded() {
    ConstraintCache cache = new ConstraintCache(Bytes.VOCABULARY, StructureLimits.DEFAULT, 1 << 20);
    for (int i = 0; i < 200; i++) {
      cache.get(new Structure.Literal("x".repeat(1_000) + i)).start().allowed();
    }
    assertThat(cache.bytes()).isLessThanOrEqualTo(1 << 20);
    assertThat(cache.size()).isBetween(1, 199);
    Structure last = new Structure.Literal("x".repeat(1_000) + 199);
    assertThat(cache.get(last)).isSameAs(cache.get(last));
  }

  private static List<Integer> tokens(ConstraintState state) {
    long[] mask = state.allowed();
    return java.util.stream.IntStream.range(0, mask.length * 64)
        .filter(t -> (mask[t >> 6] >>> t & 1) != 0)
        .boxed()
        .toList();
  }
}
