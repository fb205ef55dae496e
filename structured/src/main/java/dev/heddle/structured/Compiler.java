package dev.heddle.structured;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes a structure into a network. One structure; one thread. */
final class Compiler {
  private final TokenVocabulary vocabulary;
  private final Budget budget;
  private final NetworkBuilder network;
  private final JsonWriter json;
  private final TextWriter text;

  Compiler(TokenVocabulary vocabulary, StructureLimits limits) {
    this.vocabulary = vocabulary;
    budget = new Budget(limits);
    network = new NetworkBuilder(budget);
    json = new JsonWriter(network);
    text = new TextWriter(network, false);
  }

  Network compile(Structure structure) {
    int rule = network.rule("answer");
    write(network.start(rule), structure, network.end(rule), 0);
    return network.build(rule, vocabulary.single);
  }

  private void write(int from, Structure structure, int to, int depth) {
    if (depth > budget.depth()) {
      throw new StructureException("is nested deeper than %d parts".formatted(budget.depth()));
    }
    switch (structure) {
      case Structure.JsonObject any -> network.call(from, json.object(), to);
      case Structure.JsonSchema schema ->
          network.call(from, SchemaWriter.write(schema.schema(), json), to);
      case Structure.Regex regex ->
          text.texts(from, RegexCompiler.compile(regex.pattern(), true, budget), to);
      case Structure.Choice choice -> text.texts(from, TextDfa.of(choice.texts()), to);
      case Structure.Grammar grammar -> network.call(from, grammar(grammar.text()), to);
      case Structure.Literal literal ->
          network.empty(network.after(from, literal.text().getBytes(StandardCharsets.UTF_8)), to);
      case Structure.SpecialToken token -> network.token(from, token.id(), to);
      case Structure.Text free -> text.texts(from, without(free.without()), to);
      case Structure.Sequence sequence -> {
        int last = from;
        for (Structure part : sequence.parts()) {
          int next = network.node();
          write(last, part, next, depth + 1);
          last = next;
        }
        network.empty(last, to);
      }
      case Structure.Either either ->
          either.options().forEach(option -> write(from, option, to, depth + 1));
      case Structure.Repeat repeat -> repeat(from, repeat, to, depth);
    }
  }

  private int grammar(String source) {
    return source.contains("::=")
        ? GbnfParser.parse(source, network, text)
        : LarkWriter.write(source, network, text);
  }

  /** The part is written once, as a rule. */
  private void repeat(int from, Structure.Repeat repeat, int to, int depth) {
    int rule = network.rule("part");
    write(network.start(rule), repeat.part(), network.end(rule), depth + 1);
    network.empty(network.repeat(from, rule, repeat.min(), repeat.max()), to);
  }

  private TextDfa without(List<String> texts) {
    TextDfa all = TextDfa.any();
    for (String stop : texts) {
      StringBuilder pattern = new StringBuilder();
      stop.codePoints().forEach(c -> pattern.append("\\u{%x}".formatted(c)));
      all = all.minus(RegexCompiler.compile(pattern.toString(), false, budget), budget);
    }
    return all;
  }
}
