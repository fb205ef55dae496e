package dev.heddle.structured;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The states of a {@link Network}, made when they are first reached. Positions in the same frame
 * that apply the same rule share the frame above it; so the stacks of an ambiguous grammar do not
 * multiply with its ambiguities.
 *
 * <p>Safe for any thread. When the kept states exceed their limit, all are forgotten; states that
 * sequences are at stay valid.
 */
final class Machine {
  private static final int MAX_REBASED = 32;

  final Network network;
  private final StructureLimits limits;
  private final State dead;
  private final Frame bottom = new Frame(new int[0], null, 0);
  private final State start;
  private Map<State, State> states = new HashMap<>();
  private Map<Frame.Key, Frame> frames = new HashMap<>();
  private int frameIds = 1;
  private long stateBytes;
  private volatile boolean overflowed;

  Machine(Network network, StructureLimits limits) {
    this.network = network;
    this.limits = limits;
    dead = new State(new int[0], new Frame[0], false, network.symbols());
    Arrays.fill(dead.next, dead);
    Positions positions = new Positions();
    positions.add(bottom, network.starts[network.root]);
    start = positions.state();
    states.put(start, start);
  }

  State start() {
    return start;
  }

  /** Whether a text was given up because it may be at too many places of the grammar. */
  boolean overflowed() {
    return overflowed;
  }

  /** The state after a byte; a dead one if the byte may not come. */
  State next(State state, int value) {
    return after(state, network.byteClass[value & 0xFF], value & 0xFF);
  }

  /** The state after the special token with that index in the network. */
  State nextToken(State state, int index) {
    return after(state, network.classes + index, -1 - index);
  }

  /** Whether the next byte, or special token, can only be one. */
  boolean isNarrow(State state) {
    int only = Integer.MIN_VALUE;
    for (int node : state.nodes) {
      for (int e = network.first[node]; e < network.first[node + 1]; e++) {
        int kind = network.kind[e];
        if (kind == NetworkBuilder.EMPTY || kind == NetworkBuilder.CALL) {
          continue;
        }
        int read = kind == NetworkBuilder.TOKEN ? -1 - network.value[e] : kind;
        boolean several = kind >= 0 && network.value[e] != kind;
        if (several || (only != Integer.MIN_VALUE && only != read)) {
          return false;
        }
        only = read;
      }
    }
    return !state.complete;
  }

  /** Notes what is kept beside the states. */
  synchronized void keep(long bytes) {
    stateBytes += bytes;
  }

  /**
   * The state as it would be if nothing followed the rule that all its positions are in; null if
   * that is the whole of it, or they are in several.
   */
  synchronized @Nullable State inside(State state) {
    if (state.nodes.length == 0 || state.complete) {
      return null;
    }
    Frame base = state.frames[0];
    for (Frame frame : state.frames) {
      base = frame.depth < base.depth ? frame : base;
    }
    Frame top = state.frames[0];
    for (Frame frame : state.frames) {
      top = frame.depth > top.depth ? frame : top;
    }
    if (base == bottom || top.depth - base.depth > MAX_REBASED) {
      return null;
    }
    List<Position> positions = new ArrayList<>();
    for (int i = 0; i < state.nodes.length; i++) {
      Frame rebased = rebase(state.frames[i], base);
      if (rebased == null) {
        return null;
      }
      positions.add(new Position(rebased, state.nodes[i]));
    }
    positions.sort(
        Comparator.<Position>comparingInt(p -> p.frame.id).thenComparingInt(p -> p.node));
    return intern(
        new State(
            positions.stream().mapToInt(p -> p.node).toArray(),
            positions.stream().map(p -> p.frame).toArray(Frame[]::new),
            false,
            network.symbols()));
  }

  private record Position(Frame frame, int node) {}

  private @Nullable Frame rebase(Frame frame, Frame base) {
    if (frame == base) {
      return bottom;
    }
    Frame parent = frame.parent;
    if (parent == null || frame.depth <= base.depth) {
      return null;
    }
    Frame below = rebase(parent, base);
    return below == null ? null : frame(frame.returns, below);
  }

  private State after(State state, int symbol, int read) {
    State known = state.next[symbol];
    return known != null ? known : step(state, symbol, read);
  }

  /** Heap of the states that are kept, in bytes. */
  synchronized long stateBytes() {
    return stateBytes;
  }

  private synchronized State step(State state, int symbol, int read) {
    State known = state.next[symbol];
    if (known != null) {
      return known;
    }
    Positions positions = new Positions();
    for (int i = 0; i < state.nodes.length; i++) {
      int node = state.nodes[i];
      for (int e = network.first[node]; e < network.first[node + 1]; e++) {
        if (reads(e, read)) {
          positions.add(state.frames[i], network.target[e]);
        }
      }
    }
    State next = positions.state();
    state.next[symbol] = next;
    return next;
  }

  private boolean reads(int edge, int read) {
    int kind = network.kind[edge];
    return read >= 0
        ? kind >= 0 && kind <= read && read <= network.value[edge]
        : kind == NetworkBuilder.TOKEN && network.value[edge] == -1 - read;
  }

  private State intern(State state) {
    State known = states.putIfAbsent(state, state);
    if (known != null) {
      return known;
    }
    stateBytes += state.bytes();
    if (stateBytes > limits.stateBytes()) {
      forget();
    }
    return state;
  }

  /** Cuts the states apart as well, so that a sequence keeps only the one it is at. */
  private void forget() {
    for (State state : states.keySet()) {
      Arrays.fill(state.next, null);
      state.inside = null;
    }
    states = new HashMap<>();
    frames = new HashMap<>();
    stateBytes = 0;
  }

  private Frame frame(int[] returns, Frame parent) {
    Frame known = frames.get(new Frame.Key(returns, parent));
    if (known == null) {
      known = new Frame(returns, parent, frameIds++);
      frames.put(new Frame.Key(returns, parent), known);
      stateBytes += 120 + 4L * returns.length;
    }
    return known;
  }

  /** A state in the making. */
  private final class Positions {
    private final Map<Frame, Ints> reached = new HashMap<>();
    private final PriorityQueue<Frame> deepest =
        new PriorityQueue<>(
            Comparator.<Frame>comparingInt(f -> -f.depth).thenComparingInt(f -> f.id));
    private boolean complete;

    void add(Frame frame, int node) {
      Ints nodes = reached.get(frame);
      if (nodes == null) {
        nodes = new Ints();
        reached.put(frame, nodes);
        deepest.add(frame);
      }
      nodes.add(node);
    }

    State state() {
      Map<Frame, Ints> reading = new HashMap<>();
      List<Call> calls = new ArrayList<>();
      while (!deepest.isEmpty()) {
        Frame frame = deepest.remove();
        int[] nodes = nodesOf(frame);
        if (expand(frame, nodes, reading, calls)) {
          end(frame);
        }
      }
      while (!calls.isEmpty()) {
        apply(calls, reading);
      }
      return build(reading);
    }

    private int[] nodesOf(Frame frame) {
      Ints nodes = reached.remove(frame);
      return nodes == null ? new int[0] : nodes.toSet();
    }

    private void end(Frame frame) {
      Frame parent = frame.parent;
      if (parent == null) {
        complete = true;
        return;
      }
      for (int node : frame.returns) {
        add(parent, node);
      }
    }

    /** Whether the end of the rule is reached. */
    private boolean expand(Frame frame, int[] nodes, Map<Frame, Ints> reading, List<Call> calls) {
      boolean ends = false;
      Map<Integer, Ints> byRule = new HashMap<>();
      for (int node : nodes) {
        Network.Reach reach = network.reach(node);
        ends |= reach.ends();
        if (reach.reading().length > 0) {
          Ints all = reading.computeIfAbsent(frame, f -> new Ints());
          for (int reader : reach.reading()) {
            all.add(reader);
          }
        }
        for (int edge : reach.calling()) {
          byRule.computeIfAbsent(network.value[edge], r -> new Ints()).add(network.target[edge]);
        }
      }
      byRule.forEach((rule, returns) -> calls.add(new Call(frame, rule, returns.toSet())));
      return ends;
    }

    /** Rules that nodes apply; what they reach without reading is known to be passed already. */
    private void apply(List<Call> calls, Map<Frame, Ints> reading) {
      Map<Frame, Ints> starts = new HashMap<>();
      for (Call call : calls) {
        Ints deeper = new Ints();
        boolean tail = false;
        for (int node : call.returns) {
          if (network.reach(node).onlyEnds()) {
            tail = true;
          } else {
            deeper.add(node);
          }
        }
        int entry = network.starts[call.rule];
        if (tail) {
          starts.computeIfAbsent(call.frame, f -> new Ints()).add(entry);
        }
        if (!deeper.isEmpty()) {
          Frame above = frame(deeper.toSet(), call.frame);
          starts.computeIfAbsent(above, f -> new Ints()).add(entry);
        }
      }
      calls.clear();
      starts.forEach((frame, nodes) -> expand(frame, nodes.toSet(), reading, calls));
    }

    private State build(Map<Frame, Ints> reading) {
      List<Frame> order = new ArrayList<>(reading.keySet());
      order.sort(Comparator.comparingInt(f -> f.id));
      Ints nodes = new Ints();
      List<Frame> owners = new ArrayList<>();
      for (Frame frame : order) {
        for (int node : reading.getOrDefault(frame, new Ints()).toSet()) {
          nodes.add(node);
          owners.add(frame);
        }
      }
      if (nodes.size() > limits.configurations()) {
        overflowed = true;
        return dead;
      }
      if (nodes.isEmpty() && !complete) {
        return dead;
      }
      return intern(
          new State(nodes.toArray(), owners.toArray(Frame[]::new), complete, network.symbols()));
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // never changed
  private record Call(Frame frame, int rule, int[] returns) {
    @Override
    public boolean equals(@Nullable Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }
}
