package dev.heddle.structured;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes objects into a network: first the members whose names a schema tells, in its order, then
 * others.
 */
final class ObjectWriter {
  private final SchemaWriter schemas;
  private final JsonWriter json;
  private final NetworkBuilder network;

  ObjectWriter(SchemaWriter schemas, JsonWriter json) {
    this.schemas = schemas;
    this.json = json;
    this.network = json.network;
  }

  /** Other members of some names, which fulfil one conjunction. */
  private record Others(TextDfa names, Conjunction value, boolean anyName) {}

  void write(int from, ObjectSet set, int to) {
    new One(set).write(from, to);
  }

  /** One set of objects. */
  private final class One {
    private final ObjectSet set;
    private final Map<String, Conjunction> declared;
    private final List<Others> others;
    private final List<Others> witnesses = new ArrayList<>();

    /** Members are counted up to here. */
    private final int most;

    private final int min;
    private final Map<Long, Integer> nodes = new HashMap<>();

    One(ObjectSet set) {
      this.set = set;
      declared = set.declared();
      others = others(null);
      ObjectSet.Witness witness = set.witness();
      if (witness != null) {
        witnesses.addAll(others(witness));
      }
      min = set.min() <= Math.max(1, set.required().size()) ? Math.min(1, set.min()) : set.min();
      if (min > 1 && !(others.isEmpty() && witnesses.isEmpty())) {
        schemas.fault(
            "minProperties of more than 1, and of more than are required, is supported only where"
                + " all names are declared");
      }
      most = Math.max(Math.max(1, min), set.max());
    }

    void write(int from, int to) {
      int first = node(0, 0, set.witness() == null);
      network.empty(network.after(from, '{'), first);
      List<String> names = List.copyOf(declared.keySet());
      for (int i = 0; i <= names.size(); i++) {
        for (int count = 0; count <= Math.min(i + 1, most); count++) {
          for (boolean witnessed : new boolean[] {true, false}) {
            if (i < names.size()) {
              declared(names.get(i), i, count, witnessed);
            }
          }
        }
      }
      for (int count = 0; count <= most; count++) {
        tail(names.size(), count, to);
      }
    }

    private void declared(String name, int i, int count, boolean witnessed) {
      int here = node(i, count, witnessed);
      if (!set.required().contains(name)) {
        network.empty(here, node(i + 1, count, witnessed));
      }
      Conjunction value = declared.getOrDefault(name, Conjunction.NOTHING);
      if (value.isNothing() || count == set.max()) {
        return;
      }
      int after = network.after(separator(here, count), quoted(name));
      int member = json.mark(after, ':');
      int next = Math.min(count + 1, most);
      call(member, value, node(i + 1, next, witnessed));
      ObjectSet.Witness witness = set.witness();
      if (!witnessed && witness != null && witness.names().matches(name)) {
        call(member, value.and(witness.value()), node(i + 1, next, true));
      }
    }

    private byte[] quoted(String name) {
      byte[] text = json.text.encode(name);
      byte[] quoted = new byte[text.length + 2];
      System.arraycopy(text, 0, quoted, 1, text.length);
      quoted[0] = '"';
      quoted[text.length + 1] = '"';
      return quoted;
    }

    private int separator(int here, int count) {
      return count == 0 ? here : json.mark(here, ',');
    }

    /** The member that had to be there is the last one: a later one of its name would hide it. */
    private void tail(int last, int count, int to) {
      int done = node(last, count, true);
      if (count >= min) {
        network.bytes(done, '}', '}', to);
      }
      if (count == set.max()) {
        return;
      }
      int next = Math.min(count + 1, most);
      if (!others.isEmpty()) {
        members(done, count, others, node(last, next, true));
      }
      if (set.witness() != null) {
        int open = node(last, count, false);
        members(open, count, others, node(last, next, false));
        if (next >= min) {
          int closing = network.node();
          members(open, count, witnesses, closing);
          network.bytes(closing, '}', '}', to);
        }
      }
    }

    private void members(int here, int count, List<Others> cells, int to) {
      if (cells.isEmpty()) {
        return;
      }
      int start = separator(here, count);
      for (Others cell : cells) {
        int named = network.node();
        if (cell.anyName) {
          network.call(start, json.string(), named);
        } else {
          int inside = network.after(start, '"');
          int quote = network.node();
          json.text.texts(inside, cell.names, quote);
          network.bytes(quote, '"', '"', named);
        }
        call(json.mark(named, ':'), cell.value, to);
      }
    }

    private void call(int from, Conjunction value, int to) {
      if (!value.isNothing()) {
        network.call(from, schemas.rule(value), to);
      }
    }

    private int node(int i, int count, boolean witnessed) {
      long key = (long) i << 33 | (long) count << 1 | (witnessed ? 1 : 0);
      return nodes.computeIfAbsent(key, k -> network.node());
    }

    // ---- names that are not declared, apart by the patterns that take them

    private List<Others> others(ObjectSet.@Nullable Witness witness) {
      Conjunction value = witness == null ? Conjunction.ANYTHING : witness.value();
      Set<TextDfa> patterns = new LinkedHashSet<>();
      for (ObjectSet.Part part : set.parts()) {
        part.patterns().forEach(p -> patterns.add(p.names()));
      }
      if (patterns.isEmpty()) {
        for (ObjectSet.Part part : set.parts()) {
          value = value.and(part.others());
        }
        if (value.isNothing()) {
          return List.of();
        }
      }
      boolean anyName =
          declared.isEmpty() && patterns.isEmpty() && set.names().isEmpty() && witness == null;
      TextDfa names = TextDfa.of(declared.keySet()).not();
      for (TextDfa allowed : set.names()) {
        names = names.and(allowed, network.budget());
      }
      if (witness != null) {
        names = names.and(witness.names(), network.budget());
      }
      List<Others> cells = new ArrayList<>();
      if (patterns.isEmpty()) {
        if (!names.isEmpty()) {
          cells.add(new Others(names, value, anyName));
        }
      } else {
        split(names, List.copyOf(patterns), 0, Set.of(), value, cells);
      }
      return cells;
    }

    private void split(
        TextDfa names,
        List<TextDfa> patterns,
        int index,
        Set<TextDfa> matched,
        Conjunction value,
        List<Others> cells) {
      if (names.isEmpty()) {
        return;
      }
      if (index < patterns.size()) {
        TextDfa pattern = patterns.get(index);
        Set<TextDfa> more = new LinkedHashSet<>(matched);
        more.add(pattern);
        split(names.and(pattern, network.budget()), patterns, index + 1, more, value, cells);
        split(names.minus(pattern, network.budget()), patterns, index + 1, matched, value, cells);
        return;
      }
      if (cells.size() >= network.budget().alternatives()) {
        throw new StructureException("has too many patterns of properties");
      }
      Conjunction all = value;
      for (ObjectSet.Part part : set.parts()) {
        boolean met = false;
        for (ObjectSet.Pattern pattern : part.patterns()) {
          if (matched.contains(pattern.names())) {
            all = all.and(pattern.value());
            met = true;
          }
        }
        all = met ? all : all.and(part.others());
      }
      if (!all.isNothing()) {
        cells.add(new Others(names, all, false));
      }
    }
  }
}
