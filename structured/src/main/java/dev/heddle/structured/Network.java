package dev.heddle.structured;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A recursive transition network over bytes. Every node can reach the end of its rule, and no rule
 * begins with itself. Immutable.
 */
final class Network {
  final int[] starts;
  final int[] ends;
  final int root;

  /** Ids of the special tokens that edges name by their index. */
  final int[] tokenIds;

  final int[] target;
  final int[] kind;
  final int[] value;

  /** Edges of node {@code n} are {@code first[n]..first[n + 1]}. */
  final int[] first;

  /** Whether the node is the end of its rule. */
  final boolean[] isEnd;

  /** Bytes that no edge distinguishes have the same class. */
  final int[] byteClass = new int[256];

  /** Classes of bytes; after them come the special tokens. */
  final int classes;

  private final boolean[] nullable;
  private final List<String> names;
  private final @Nullable Reach[] reaches;
  private volatile long reachBytes;

  /**
   * What a node reaches without reading.
   *
   * @param reading nodes that read a byte or a special token
   * @param calling edges that apply a rule
   * @param ends whether the end of the rule is reached
   */
  @SuppressWarnings("ArrayRecordComponent") // never changed
  record Reach(int[] reading, int[] calling, boolean ends) {
    /** Whether nothing but the end can follow. */
    boolean onlyEnds() {
      return ends && reading.length == 0 && calling.length == 0;
    }
  }

  Network(
      int nodes,
      int[] starts,
      int[] ends,
      List<String> names,
      int root,
      int[] tokenIds,
      int[] from,
      int[] kind,
      int[] value,
      int[] to) {
    this.starts = starts;
    this.ends = ends;
    this.names = names;
    this.root = root;
    this.tokenIds = tokenIds;
    isEnd = new boolean[nodes];
    for (int end : ends) {
      isEnd[end] = true;
    }
    boolean[] useful = new NodeSearch(nodes, starts, ends, from, kind, value, to).reachEnd(true);
    if (!useful[starts[root]]) {
      throw new StructureException("matches no text that the model's tokens can spell");
    }
    int[] count = new int[nodes + 1];
    int kept = 0;
    for (int e = 0; e < from.length; e++) {
      if (keeps(e, useful, kind, value, to)) {
        count[from[e] + 1]++;
        kept++;
      }
    }
    for (int n = 0; n < nodes; n++) {
      count[n + 1] += count[n];
    }
    first = count.clone();
    target = new int[kept];
    this.kind = new int[kept];
    this.value = new int[kept];
    for (int e = 0; e < from.length; e++) {
      if (keeps(e, useful, kind, value, to)) {
        int slot = count[from[e]]++;
        target[slot] = to[e];
        this.kind[slot] = kind[e];
        this.value[slot] = value[e];
      }
    }
    nullable = new NodeSearch(nodes, starts, ends, from, kind, value, to).reachEnd(false);
    reaches = new Reach[nodes];
    classes = classify();
    refuseLeftRecursion();
  }

  private boolean keeps(int edge, boolean[] useful, int[] kind, int[] value, int[] to) {
    return useful[to[edge]] && (kind[edge] != NetworkBuilder.CALL || useful[starts[value[edge]]]);
  }

  /** Approximate heap, in bytes. */
  long bytes() {
    return 12L * target.length + 13L * first.length + 64L * names.size() + reachBytes;
  }

  int symbols() {
    return classes + tokenIds.length;
  }

  boolean isNullable(int rule) {
    return nullable[starts[rule]];
  }

  /** Not safe for several threads at once. */
  Reach reach(int node) {
    Reach known = reaches[node];
    if (known == null) {
      known = search(node);
      reaches[node] = known;
    }
    return known;
  }

  private Reach search(int node) {
    Ints reading = new Ints();
    Ints calling = new Ints();
    Ints open = new Ints();
    BitSet met = new BitSet();
    open.add(node);
    met.set(node);
    boolean end = false;
    while (!open.isEmpty()) {
      int n = open.removeLast();
      end |= isEnd[n];
      boolean reads = false;
      for (int e = first[n]; e < first[n + 1]; e++) {
        boolean free = kind[e] == NetworkBuilder.EMPTY;
        if (kind[e] == NetworkBuilder.CALL) {
          calling.add(e);
          free = isNullable(value[e]);
        }
        reads |= kind[e] >= 0 || kind[e] == NetworkBuilder.TOKEN;
        if (free && !met.get(target[e])) {
          met.set(target[e]);
          open.add(target[e]);
        }
      }
      if (reads) {
        reading.add(n);
      }
    }
    reachBytes = reachBytes + 64 + 4L * (reading.size() + calling.size());
    return new Reach(reading.toSet(), calling.toSet(), end);
  }

  private int classify() {
    boolean[] begins = new boolean[257];
    begins[0] = true;
    for (int e = 0; e < kind.length; e++) {
      if (kind[e] >= 0) {
        begins[kind[e]] = true;
        begins[value[e] + 1] = true;
      }
    }
    int count = -1;
    for (int b = 0; b < 256; b++) {
      count += begins[b] ? 1 : 0;
      byteClass[b] = count;
    }
    return count + 1;
  }

  private void refuseLeftRecursion() {
    int[] state = new int[starts.length];
    for (int rule = 0; rule < starts.length; rule++) {
      List<int[]> path = new ArrayList<>();
      enter(rule, state, path);
      while (!path.isEmpty()) {
        int[] frame = path.getLast();
        int[] calls = reach(starts[frame[0]]).calling();
        if (frame[1] == calls.length) {
          state[frame[0]] = 2;
          path.removeLast();
          continue;
        }
        int callee = value[calls[frame[1]++]];
        if (state[callee] == 1) {
          throw new StructureException(
              "the rule '%s' begins with itself (left recursion)".formatted(names.get(callee)));
        }
        enter(callee, state, path);
      }
    }
  }

  private static void enter(int rule, int[] state, List<int[]> path) {
    if (state[rule] == 0) {
      state[rule] = 1;
      path.add(new int[] {rule, 0});
    }
  }

  /** Which nodes reach the end of their rule. */
  @SuppressWarnings("ArrayRecordComponent") // never changed
  private record NodeSearch(
      int nodes, int[] starts, int[] ends, int[] from, int[] kind, int[] value, int[] to) {

    /**
     * @param reading whether edges that read may be passed
     */
    boolean[] reachEnd(boolean reading) {
      int[] startOf = new int[nodes];
      Arrays.fill(startOf, -1);
      for (int rule = 0; rule < starts.length; rule++) {
        startOf[starts[rule]] = rule;
      }
      int[][] into = index(to, false);
      int[][] calls = index(value, true);
      boolean[] reached = new boolean[nodes];
      Ints open = new Ints();
      for (int end : ends) {
        reached[end] = true;
        open.add(end);
      }
      while (!open.isEmpty()) {
        int node = open.removeLast();
        visit(into[0], into[1], node, reading, reached, open);
        if (startOf[node] >= 0) {
          visit(calls[0], calls[1], startOf[node], reading, reached, open);
        }
      }
      return reached;
    }

    private void visit(
        int[] firsts, int[] edges, int key, boolean reading, boolean[] reached, Ints open) {
      for (int i = firsts[key]; i < firsts[key + 1]; i++) {
        int e = edges[i];
        boolean call = kind[e] == NetworkBuilder.CALL;
        boolean passes =
            call
                ? reached[starts[value[e]]] && reached[to[e]]
                : kind[e] == NetworkBuilder.EMPTY || reading;
        if (passes && !reached[from[e]]) {
          reached[from[e]] = true;
          open.add(from[e]);
        }
      }
    }

    private int[][] index(int[] keys, boolean callsOnly) {
      int size = callsOnly ? starts.length : nodes;
      int[] firsts = new int[size + 1];
      for (int e = 0; e < keys.length; e++) {
        if (!callsOnly || kind[e] == NetworkBuilder.CALL) {
          firsts[keys[e] + 1]++;
        }
      }
      for (int k = 0; k < size; k++) {
        firsts[k + 1] += firsts[k];
      }
      int[] next = firsts.clone();
      int[] edges = new int[firsts[size]];
      for (int e = 0; e < keys.length; e++) {
        if (!callsOnly || kind[e] == NetworkBuilder.CALL) {
          edges[next[keys[e]]++] = e;
        }
      }
      return new int[][] {firsts, edges};
    }
  }
}
