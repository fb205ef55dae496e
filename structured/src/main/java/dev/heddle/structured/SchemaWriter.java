package dev.heddle.structured;

import dev.heddle.structured.ValueSet.Kind;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Writes the values that are valid against a schema into a network: a rule a conjunction. */
final class SchemaWriter {
  private final JsonWriter json;
  private final NetworkBuilder network;
  private final SchemaSets sets;
  private final Map<Conjunction, Integer> rules = new HashMap<>();
  private final Deque<Conjunction> open = new ArrayDeque<>();
  private final ObjectWriter objects;

  private SchemaWriter(JsonWriter json, SchemaSource source) {
    this.json = json;
    this.network = json.network;
    this.sets = new SchemaSets(source, network.budget());
    this.objects = new ObjectWriter(this, json);
  }

  /**
   * The rule of all values that are valid.
   *
   * @throws StructureException naming everything that is wrong or not supported
   */
  static int write(JsonNode schema, JsonWriter json) {
    SchemaSource source = SchemaReader.read(schema, json.network.budget());
    SchemaWriter writer = new SchemaWriter(json, source);
    int root = writer.rule(source.conjunction(schema, false));
    while (!writer.open.isEmpty()) {
      writer.fill(writer.open.removeFirst());
    }
    if (!writer.sets.violations().isEmpty()) {
      throw new StructureException(writer.sets.violations());
    }
    return root;
  }

  void fault(String message) {
    sets.fault(1, "", message);
  }

  /** The rule of the values that fulfil a conjunction; it is filled later. */
  int rule(Conjunction conjunction) {
    if (conjunction.literals().isEmpty()) {
      return json.value();
    }
    Integer known = rules.get(conjunction);
    if (known == null) {
      known = network.rule("value");
      rules.put(conjunction, known);
      open.add(conjunction);
    }
    return known;
  }

  private void fill(Conjunction conjunction) {
    int rule = rule(conjunction);
    int start = network.start(rule);
    int end = network.end(rule);
    for (Kind kind : Kind.values()) {
      List<ValueSet> all = sets.of(kind, conjunction);
      for (ValueSet set : all) {
        switch (kind) {
          case NULL -> constant(start, "null", end);
          case TRUE -> constant(start, "true", end);
          case FALSE -> constant(start, "false", end);
          case NUMBER -> number(start, (NumberSet) set, end);
          case STRING -> string(start, (StringSet) set, end);
          case ARRAY -> new ArrayWriter(this, json).write(start, (ArraySet) set, end);
          case OBJECT -> objects.write(start, (ObjectSet) set, end);
        }
      }
    }
  }

  private void constant(int from, String text, int to) {
    network.empty(network.after(from, json.text.encode(text)), to);
  }

  private void number(int from, NumberSet set, int to) {
    if (set.isPlain()) {
      network.call(from, set.integer() ? json.integer() : json.number(), to);
    } else {
      NumberWriter.write(network, from, set, to);
    }
  }

  private void string(int from, StringSet set, int to) {
    if (set.texts() == null && set.min() == 0 && set.max() < 0) {
      network.call(from, json.string(), to);
      return;
    }
    int inside = network.after(from, '"');
    int last = network.node();
    network.bytes(last, '"', '"', to);
    if (set.texts() != null) {
      json.text.texts(inside, set.dfa(network.budget()), last);
      return;
    }
    int source = inside;
    for (int i = 0; i < Math.max(set.min(), set.max()); i++) {
      if (i >= set.min()) {
        network.empty(source, last);
      }
      int next = network.node();
      network.call(source, json.character(), next);
      source = next;
    }
    if (set.max() < 0) {
      int loop = network.node();
      network.empty(source, loop);
      json.text.character(loop, CodePoints.ALL, loop);
      source = loop;
    }
    network.empty(source, last);
  }
}
