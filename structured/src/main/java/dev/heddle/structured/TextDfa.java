package dev.heddle.structured;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A deterministic automaton over characters. Immutable. State 0 is the start. Every state but the
 * start can reach an accepting one; a character without an edge is refused.
 */
final class TextDfa {
  private final List<List<Edge>> edges;
  private final boolean[] accepting;

  record Edge(CodePoints label, int target) {}

  private TextDfa(List<List<Edge>> edges, boolean[] accepting) {
    this.edges = edges;
    this.accepting = accepting;
  }

  static TextDfa any() {
    return new TextDfa(List.of(List.of(new Edge(CodePoints.ALL, 0))), new boolean[] {true});
  }

  /** Exactly some texts. */
  static TextDfa of(Collection<String> texts) {
    List<Map<Integer, Integer>> trie = new ArrayList<>();
    trie.add(new TreeMap<>());
    List<Integer> accepted = new ArrayList<>();
    for (String text : texts) {
      int state = 0;
      for (int c : text.codePoints().toArray()) {
        Integer next = trie.get(state).get(c);
        if (next == null) {
          next = trie.size();
          trie.get(state).put(c, next);
          trie.add(new TreeMap<>());
        }
        state = next;
      }
      accepted.add(state);
    }
    List<List<Edge>> edges = new ArrayList<>();
    for (Map<Integer, Integer> children : trie) {
      List<Edge> out = new ArrayList<>();
      children.forEach((c, target) -> out.add(new Edge(CodePoints.of(c), target)));
      edges.add(out);
    }
    boolean[] accepting = new boolean[trie.size()];
    accepted.forEach(state -> accepting[state] = true);
    return new TextDfa(edges, accepting).trimmed();
  }

  /**
   * Texts of a number of characters.
   *
   * @param max -1 for no bound
   */
  static TextDfa lengths(int min, int max, Budget budget) {
    Assembly assembly = new Assembly();
    int last = max < 0 ? min : max;
    budget.spend(last);
    for (int i = 0; i <= last; i++) {
      assembly.state(i >= min);
    }
    for (int i = 0; i < last; i++) {
      assembly.edge(i, CodePoints.ALL, i + 1);
    }
    if (max < 0) {
      assembly.edge(min, CodePoints.ALL, min);
    }
    return assembly.build();
  }

  int states() {
    return edges.size();
  }

  int start() {
    return 0;
  }

  int edges(int state) {
    return edges.get(state).size();
  }

  CodePoints label(int state, int edge) {
    return edges.get(state).get(edge).label;
  }

  int target(int state, int edge) {
    return edges.get(state).get(edge).target;
  }

  boolean accepts(int state) {
    return accepting[state];
  }

  boolean isEmpty() {
    return !accepting[0] && edges.getFirst().isEmpty();
  }

  boolean matches(String text) {
    int state = 0;
    for (int c : text.codePoints().toArray()) {
      int next = -1;
      for (Edge edge : edges.get(state)) {
        if (edge.label.contains(c)) {
          next = edge.target;
        }
      }
      if (next < 0) {
        return false;
      }
      state = next;
    }
    return accepting[state];
  }

  /** Texts that this does not take. */
  TextDfa not() {
    Assembly assembly = new Assembly();
    for (int state = 0; state <= states(); state++) {
      assembly.state(state == states() || !accepting[state]);
    }
    int trap = states();
    assembly.edge(trap, CodePoints.ALL, trap);
    for (int state = 0; state < trap; state++) {
      CodePoints.Union met = new CodePoints.Union();
      for (Edge edge : edges.get(state)) {
        met.add(edge.label);
        assembly.edge(state, edge.label, edge.target);
      }
      assembly.edge(state, met.build().not(), trap);
    }
    return assembly.build();
  }

  /** Texts that both take. */
  TextDfa and(TextDfa other, Budget budget) {
    Map<Long, Integer> pairs = new HashMap<>();
    List<long[]> open = new ArrayList<>();
    Assembly assembly = new Assembly();
    pairs.put(0L, assembly.state(accepting[0] && other.accepting[0]));
    open.add(new long[] {0, 0});
    for (int i = 0; i < open.size(); i++) {
      int mine = (int) open.get(i)[0];
      int its = (int) open.get(i)[1];
      budget.spend(20 + 10L * edges.get(mine).size() * other.edges.get(its).size());
      for (Edge a : edges.get(mine)) {
        for (Edge b : other.edges.get(its)) {
          CodePoints both = a.label.and(b.label);
          if (both.isEmpty()) {
            continue;
          }
          Integer target = pairs.get((long) a.target << 32 | b.target);
          if (target == null) {
            requireRoom(assembly, budget);
            target = assembly.state(accepting[a.target] && other.accepting[b.target]);
            pairs.put((long) a.target << 32 | b.target, target);
            open.add(new long[] {a.target, b.target});
          }
          assembly.edge(i, both, target);
        }
      }
    }
    return assembly.build();
  }

  TextDfa minus(TextDfa other, Budget budget) {
    return and(other.not(), budget);
  }

  static void requireRoom(Assembly assembly, Budget budget) {
    if (assembly.size() >= budget.dfaStates()) {
      throw new StructureException(
          "is too large: its regular expressions need an automaton of more than %d states"
              .formatted(budget.dfaStates()));
    }
  }

  private TextDfa trimmed() {
    Assembly assembly = new Assembly();
    for (int state = 0; state < states(); state++) {
      assembly.state(accepting[state]);
    }
    for (int state = 0; state < states(); state++) {
      for (Edge edge : edges.get(state)) {
        assembly.edge(state, edge.label, edge.target);
      }
    }
    return assembly.build();
  }

  /** An automaton in the making; what leads nowhere is left out of what is built. */
  static final class Assembly {
    private final List<Map<Integer, CodePoints.Union>> out = new ArrayList<>();
    private final List<Boolean> accepting = new ArrayList<>();

    int state(boolean accepts) {
      out.add(new TreeMap<>());
      accepting.add(accepts);
      return out.size() - 1;
    }

    void edge(int from, CodePoints label, int to) {
      if (!label.isEmpty()) {
        out.get(from).computeIfAbsent(to, t -> new CodePoints.Union()).add(label);
      }
    }

    int size() {
      return out.size();
    }

    TextDfa build() {
      boolean[] alive = alive();
      int[] renamed = new int[out.size()];
      int count = 0;
      for (int state = 0; state < renamed.length; state++) {
        renamed[state] = alive[state] || state == 0 ? count++ : -1;
      }
      List<List<Edge>> edges = new ArrayList<>();
      boolean[] accepts = new boolean[count];
      for (int state = 0; state < renamed.length; state++) {
        if (renamed[state] >= 0) {
          List<Edge> kept = new ArrayList<>();
          out.get(state)
              .forEach((target, label) -> {
                if (alive[target]) {
                  kept.add(new Edge(label.build(), renamed[target]));
                }
              });
          accepts[renamed[state]] = accepting.get(state);
          edges.add(List.copyOf(kept));
        }
      }
      return new TextDfa(List.copyOf(edges), accepts);
    }

    private boolean[] alive() {
      List<Ints> into = new ArrayList<>();
      out.forEach(o -> into.add(new Ints()));
      Ints open = new Ints();
      boolean[] alive = new boolean[out.size()];
      for (int state = 0; state < alive.length; state++) {
        int source = state;
        out.get(state).keySet().forEach(target -> into.get(target).add(source));
        if (accepting.get(state)) {
          alive[state] = true;
          open.add(state);
        }
      }
      while (!open.isEmpty()) {
        Ints sources = into.get(open.removeLast());
        for (int i = 0; i < sources.size(); i++) {
          if (!alive[sources.get(i)]) {
            alive[sources.get(i)] = true;
            open.add(sources.get(i));
          }
        }
      }
      return alive;
    }
  }
}
