package dev.heddle.structured;

import dev.heddle.structured.LarkGrammar.Part;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Writes a grammar of Lark into a network. Its terminals are rules like the others, after which
 * there may be what the grammar ignores; they are not told apart by length or priority.
 */
final class LarkWriter {
  private final LarkGrammar grammar;
  private final NetworkBuilder network;
  private final TextWriter text;
  private final Map<String, Integer> rules = new HashMap<>();
  private final int ignored;

  private LarkWriter(LarkGrammar grammar, NetworkBuilder network, TextWriter text) {
    this.grammar = grammar;
    this.network = network;
    this.text = text;
    ignored = network.rule("ignored");
  }

  /** The rule {@code start}, or the first one there is. */
  static int write(String source, NetworkBuilder network, TextWriter text) {
    LarkGrammar grammar = LarkParser.parse(source, network.budget());
    if (!grammar.definitions().containsKey("start")) {
      throw new StructureException("the grammar has no rule 'start'");
    }
    LarkWriter writer = new LarkWriter(grammar, network, text);
    writer.skip();
    grammar.definitions().forEach(writer::define);
    int all = network.rule("start");
    int begun = network.node();
    network.call(network.start(all), writer.ignored, begun);
    network.call(begun, writer.named("start"), network.end(all));
    return all;
  }

  /** Any number of what is ignored. */
  private void skip() {
    int loop = network.node();
    network.empty(network.start(ignored), loop);
    network.empty(loop, network.end(ignored));
    for (Part part : grammar.ignored()) {
      write(loop, part, loop, false);
    }
  }

  private int named(String name) {
    if (!grammar.definitions().containsKey(name)) {
      throw new StructureException("the grammar has no rule '%s'".formatted(name));
    }
    return rules.computeIfAbsent(name, network::rule);
  }

  private void define(String name, Part part) {
    int rule = named(name);
    write(network.start(rule), part, network.end(rule), !LarkGrammar.isTerminal(name));
  }

  /**
   * @param skips whether what is ignored may follow each terminal
   */
  private void write(int from, Part part, int to, boolean skips) {
    switch (part) {
      case LarkGrammar.Name name -> {
        boolean terminal = LarkGrammar.isTerminal(name.name());
        network.call(from, named(name.name()), terminal && skips ? skipped(to) : to);
      }
      case LarkGrammar.Text literal -> {
        int target = skips ? skipped(to) : to;
        if (literal.anyCase()) {
          anyCase(from, literal.text(), target);
        } else {
          byte[] bytes = literal.text().getBytes(StandardCharsets.UTF_8);
          network.empty(network.after(from, bytes), target);
        }
      }
      case LarkGrammar.Pattern pattern ->
          text.texts(
              from,
              RegexCompiler.compile(pattern.pattern(), true, network.budget()),
              skips ? skipped(to) : to);
      case LarkGrammar.Sequence sequence -> {
        int last = from;
        for (Part next : sequence.parts()) {
          int after = network.node();
          write(last, next, after, skips);
          last = after;
        }
        network.empty(last, to);
      }
      case LarkGrammar.Either either ->
          either.options().forEach(option -> write(from, option, to, skips));
      case LarkGrammar.Repeat repeat -> {
        int rule = network.rule("part");
        write(network.start(rule), repeat.part(), network.end(rule), skips);
        network.empty(network.repeat(from, rule, repeat.min(), repeat.max()), to);
      }
    }
  }

  private int skipped(int to) {
    if (grammar.ignored().isEmpty()) {
      return to;
    }
    int node = network.node();
    network.call(node, ignored, to);
    return node;
  }

  private void anyCase(int from, String literal, int to) {
    int last = from;
    for (int c : literal.codePoints().toArray()) {
      int next = network.node();
      CodePoints both =
          CodePoints.of(Character.toLowerCase(c)).or(CodePoints.of(Character.toUpperCase(c)));
      text.character(last, both, next);
      last = next;
    }
    network.empty(last, to);
  }
}
