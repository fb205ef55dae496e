package dev.heddle.structured;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Makes a deterministic automaton of a regular expression. Start and end are conditions on free
 * edges: an edge of {@code ^} is open before the first character, one of {@code $} after the last.
 */
final class RegexCompiler {
  private static final int FREE = 0;
  private static final int AT_START = 1;
  private static final int AT_END = 2;

  private final Budget budget;
  private final List<List<Edge>> nodes = new ArrayList<>();
  private int edges;

  /** {@code set} is null for an edge that reads nothing. */
  private record Edge(@Nullable CodePoints set, int condition, int target) {}

  private RegexCompiler(Budget budget) {
    this.budget = budget;
  }

  /**
   * @param whole whether the whole text must match, or some part of it
   * @throws StructureException if it is broken, not supported or too large
   */
  static TextDfa compile(String pattern, boolean whole, Budget budget) {
    RegexCompiler compiler = new RegexCompiler(budget);
    int start = compiler.node();
    Regex regex = RegexParser.parse(pattern, budget);
    int from = whole ? start : compiler.anything(start);
    int end = compiler.add(from, regex);
    int last = whole ? end : compiler.anything(end);
    return compiler.determinise(start, last);
  }

  private int anything(int from) {
    int loop = node();
    edge(from, null, FREE, loop);
    edge(loop, CodePoints.ALL, FREE, loop);
    return loop;
  }

  private int node() {
    if (nodes.size() >= 4 * budget.dfaStates()) {
      throw tooLarge();
    }
    nodes.add(new ArrayList<>());
    return nodes.size() - 1;
  }

  private void edge(int from, @Nullable CodePoints set, int condition, int to) {
    if (++edges > 40 * budget.dfaStates()) {
      throw tooLarge();
    }
    nodes.get(from).add(new Edge(set, condition, to));
  }

  private StructureException tooLarge() {
    return new StructureException("the regular expression is too large");
  }

  /** Adds what a part matches after a node; the node after it. */
  private int add(int from, Regex regex) {
    int to = node();
    switch (regex) {
      case Regex.Characters characters -> edge(from, characters.set(), FREE, to);
      case Regex.Start start -> edge(from, null, AT_START, to);
      case Regex.End end -> edge(from, null, AT_END, to);
      case Regex.Concat concat -> {
        int last = from;
        for (Regex part : concat.parts()) {
          last = add(last, part);
        }
        edge(last, null, FREE, to);
      }
      case Regex.Either either -> {
        for (Regex option : either.options()) {
          edge(add(from, option), null, FREE, to);
        }
      }
      case Regex.Repeat repeat -> repeat(from, repeat, to);
    }
    return to;
  }

  private void repeat(int from, Regex.Repeat repeat, int to) {
    int last = node();
    edge(from, null, FREE, last);
    for (int i = 0; i < repeat.min(); i++) {
      last = add(last, repeat.part());
    }
    if (repeat.max() < 0) {
      int loop = node();
      edge(last, null, FREE, loop);
      edge(add(loop, repeat.part()), null, FREE, loop);
      last = loop;
    }
    for (int i = repeat.min(); i < repeat.max(); i++) {
      edge(last, null, FREE, to);
      last = add(last, repeat.part());
    }
    edge(last, null, FREE, to);
  }

  // ---- sets of nodes become states

  private TextDfa determinise(int start, int end) {
    TextDfa.Assembly assembly = new TextDfa.Assembly();
    Map<List<Integer>, Integer> known = new HashMap<>();
    List<int[]> sets = new ArrayList<>();
    int[] first = close(new int[] {start}, AT_START);
    boolean empty = contains(close(first, AT_START | AT_END), end);
    assembly.state(empty);
    sets.add(first);
    for (int state = 0; state < sets.size(); state++) {
      for (Map.Entry<CodePoints, int[]> step : steps(sets.get(state)).entrySet()) {
        int[] closed = close(step.getValue(), FREE);
        List<Integer> key = Arrays.stream(closed).boxed().toList();
        Integer target = known.get(key);
        if (target == null) {
          TextDfa.requireRoom(assembly, budget);
          target = assembly.state(contains(close(closed, AT_END), end));
          known.put(key, target);
          sets.add(closed);
        }
        assembly.edge(state, step.getKey(), target);
      }
    }
    return assembly.build();
  }

  private static boolean contains(int[] sorted, int node) {
    return Arrays.binarySearch(sorted, node) >= 0;
  }

  /** Where each range of characters leads that no edge tells apart. */
  private Map<CodePoints, int[]> steps(int[] set) {
    TreeSet<Integer> cuts = new TreeSet<>();
    List<Edge> reading = new ArrayList<>();
    for (int node : set) {
      for (Edge edge : nodes.get(node)) {
        CodePoints label = edge.set();
        if (label != null) {
          reading.add(edge);
          for (int i = 0; i < label.ranges(); i++) {
            cuts.add(label.low(i));
            cuts.add(label.high(i) + 1);
          }
        }
      }
    }
    budget.spend((long) cuts.size() * reading.size());
    Map<List<Integer>, CodePoints.Union> byTargets = new HashMap<>();
    Integer low = cuts.isEmpty() ? null : cuts.first();
    while (low != null) {
      Integer high = cuts.higher(low);
      if (high != null) {
        Ints targets = new Ints();
        for (Edge edge : reading) {
          if (edge.set() != null && edge.set().contains(low)) {
            targets.add(edge.target());
          }
        }
        if (!targets.isEmpty()) {
          List<Integer> key = Arrays.stream(targets.toSet()).boxed().toList();
          byTargets.computeIfAbsent(key, k -> new CodePoints.Union()).add(low, high - 1);
        }
      }
      low = high;
    }
    Map<CodePoints, int[]> steps = new HashMap<>();
    byTargets.forEach(
        (targets, label) -> steps.put(label.build(), targets.stream().mapToInt(t -> t).toArray()));
    steps.remove(CodePoints.NONE);
    return steps;
  }

  private int[] close(int[] set, int open) {
    Ints all = new Ints();
    Ints pending = new Ints();
    BitSet met = new BitSet();
    for (int node : set) {
      met.set(node);
      pending.add(node);
    }
    while (!pending.isEmpty()) {
      int node = pending.removeLast();
      all.add(node);
      budget.spend(1 + nodes.get(node).size());
      for (Edge edge : nodes.get(node)) {
        boolean free = edge.set() == null && (edge.condition() & ~open) == 0;
        if (free && !met.get(edge.target())) {
          met.set(edge.target());
          pending.add(edge.target());
        }
      }
    }
    return all.toSet();
  }
}
