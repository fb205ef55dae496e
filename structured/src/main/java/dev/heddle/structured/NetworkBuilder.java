package dev.heddle.structured;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Builds a {@link Network}: rules, each a small automaton of nodes. An edge reads bytes or a
 * special token, reads nothing, or applies a rule.
 */
final class NetworkBuilder {
  /** Kinds of edges beyond 0..255, which are the lowest byte of a range. */
  static final int EMPTY = -1;

  static final int CALL = -2;
  static final int TOKEN = -3;

  private final Budget budget;
  private final Ints from = new Ints();
  private final Ints to = new Ints();
  private final Ints kind = new Ints();

  /** The highest byte of a range, a rule, or the index of a special token. */
  private final Ints value = new Ints();

  private final Ints starts = new Ints();
  private final Ints ends = new Ints();
  private final List<String> names = new ArrayList<>();
  private final Map<Integer, Integer> tokens = new HashMap<>();
  private int nodes;

  NetworkBuilder(Budget budget) {
    this.budget = budget;
  }

  /** What the compilation may still cost. */
  Budget budget() {
    return budget;
  }

  int node() {
    if (nodes >= budget.nodes()) {
      throw new StructureException(
          "is too large: its automaton has more than %d nodes".formatted(budget.nodes()));
    }
    return nodes++;
  }

  /** A rule with a start and an end, which nothing connects yet. */
  int rule(String name) {
    starts.add(node());
    ends.add(node());
    names.add(name);
    return names.size() - 1;
  }

  int start(int rule) {
    return starts.get(rule);
  }

  int end(int rule) {
    return ends.get(rule);
  }

  void bytes(int source, int low, int high, int target) {
    edge(source, low, high, target);
  }

  void empty(int source, int target) {
    edge(source, EMPTY, 0, target);
  }

  void call(int source, int rule, int target) {
    edge(source, CALL, rule, target);
  }

  void token(int source, int token, int target) {
    edge(source, TOKEN, tokens.computeIfAbsent(token, t -> tokens.size()), target);
  }

  /** One byte, to a new node. */
  int after(int source, char ascii) {
    int target = node();
    bytes(source, ascii, ascii, target);
    return target;
  }

  /** Bytes in a row, to a new node. */
  int after(int source, byte[] text) {
    int target = source;
    for (byte b : text) {
      int next = node();
      bytes(target, b & 0xFF, b & 0xFF, next);
      target = next;
    }
    return target;
  }

  /**
   * A rule several times; the node after it.
   *
   * @param max -1 for no bound
   */
  int repeat(int from, int rule, int min, int max) {
    int last = node();
    empty(from, last);
    for (int i = 0; i < min; i++) {
      int next = node();
      call(last, rule, next);
      last = next;
    }
    if (max < 0) {
      int loop = node();
      empty(last, loop);
      call(loop, rule, loop);
      return loop;
    }
    int end = node();
    for (int i = min; i < max; i++) {
      empty(last, end);
      int next = node();
      call(last, rule, next);
      last = next;
    }
    empty(last, end);
    return end;
  }

  private void edge(int source, int edgeKind, int edgeValue, int target) {
    if (from.size() >= 4L * budget.nodes()) {
      throw new StructureException(
          "is too large: its automaton has more than %d edges".formatted(4L * budget.nodes()));
    }
    from.add(source);
    kind.add(edgeKind);
    value.add(edgeValue);
    to.add(target);
  }

  /**
   * The network, without what no text can pass.
   *
   * @param spelled bytes that can be written
   * @throws StructureException if nothing matches, or a rule begins with itself
   */
  Network build(int root, boolean[] spelled) {
    int[] tokenIds = new int[tokens.size()];
    tokens.forEach((token, index) -> tokenIds[index] = token);
    Ints kept = new Ints();
    for (int edge = 0; edge < from.size(); edge++) {
      int low = kind.get(edge);
      if (low < 0) {
        kept.add(edge);
        continue;
      }
      for (int b = low; b <= value.get(edge); b++) {
        if (!spelled[b]) {
          splitAround(edge, spelled, kept);
          break;
        } else if (b == value.get(edge)) {
          kept.add(edge);
        }
      }
    }
    return new Network(
        nodes,
        starts.toArray(),
        ends.toArray(),
        List.copyOf(names),
        root,
        tokenIds,
        select(from, kept),
        select(kind, kept),
        select(value, kept),
        select(to, kept));
  }

  private void splitAround(int edge, boolean[] spelled, Ints kept) {
    int last = value.get(edge);
    for (int b = kind.get(edge); b <= last; b++) {
      if (spelled[b]) {
        int low = b;
        while (b < last && spelled[b + 1]) {
          b++;
        }
        from.add(from.get(edge));
        kind.add(low);
        value.add(b);
        to.add(to.get(edge));
        kept.add(from.size() - 1);
      }
    }
  }

  private static int[] select(Ints values, Ints indexes) {
    int[] selected = new int[indexes.size()];
    for (int i = 0; i < selected.length; i++) {
      selected[i] = values.get(indexes.get(i));
    }
    return selected;
  }
}
