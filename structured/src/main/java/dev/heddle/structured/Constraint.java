package dev.heddle.structured;

/**
 * A {@link Structure} compiled for the tokens of one tokenizer. Any number of sequences and threads
 * may share it: what it learns about its states is the same for all.
 */
public final class Constraint {
  private final Machine machine;
  private final TokenVocabulary vocabulary;

  private Constraint(Machine machine, TokenVocabulary vocabulary) {
    this.machine = machine;
    this.vocabulary = vocabulary;
  }

  /**
   * Compiles a structure. Takes milliseconds for what people write, and is bounded by the limits
   * for what they do not.
   *
   * @throws StructureException naming everything that is wrong
   */
  public static Constraint compile(
      Structure structure, TokenVocabulary vocabulary, StructureLimits limits) {
    Network network = new Compiler(vocabulary, limits).compile(structure);
    return new Constraint(new Machine(network, limits), vocabulary);
  }

  /** A sequence of which nothing is written yet. */
  public ConstraintState start() {
    return new ConstraintState(this, machine.start());
  }

  /** Approximate heap, in bytes; grows with the states that are met, up to their limit. */
  public long bytes() {
    return 1024 + machine.network.bytes() + machine.stateBytes();
  }

  State after(State state, int token) {
    int index = indexOf(token);
    if (index >= 0) {
      return machine.nextToken(state, index);
    }
    State next = state;
    byte[] bytes = vocabulary.bytes(token);
    if (vocabulary.isSpecial(token) || bytes.length == 0) {
      throw new IllegalArgumentException("token %d is no text".formatted(token));
    }
    for (byte b : bytes) {
      next = machine.next(next, b);
    }
    return next;
  }

  /** The state after some text. */
  State after(State state, byte[] text) {
    State next = state;
    for (byte b : text) {
      next = machine.next(next, b);
    }
    return next;
  }

  boolean ends(int token) {
    return vocabulary.isEnd(token);
  }

  private int indexOf(int token) {
    int[] known = machine.network.tokenIds;
    for (int i = 0; i < known.length; i++) {
      if (known[i] == token) {
        return i;
      }
    }
    return -1;
  }

  long[] mask(State state) {
    long[] known = state.mask;
    if (known == null) {
      known = allowed(state);
      state.mask = known;
      machine.keep(16 + 8L * known.length);
    }
    return known;
  }

  private long[] allowed(State state) {
    long[] mask = new long[(vocabulary.size() + 63) >> 6];
    TokenVocabulary v = vocabulary;
    State[] path = new State[v.maxDepth + 1];
    path[0] = state;
    int node = 0;
    while (node < v.nodeByte.length) {
      int depth = v.nodeDepth[node];
      State next = machine.next(path[depth], v.nodeByte[node]);
      if (next.isDead()) {
        node = v.nodeSkip[node];
        continue;
      }
      path[depth + 1] = next;
      for (int i = v.firstToken[node]; i < v.firstToken[node + 1]; i++) {
        set(mask, v.sorted[i]);
      }
      node++;
    }
    int[] tokens = machine.network.tokenIds;
    for (int i = 0; i < tokens.length; i++) {
      if (!machine.nextToken(state, i).isDead()) {
        set(mask, tokens[i]);
      }
    }
    if (state.complete) {
      for (int end : v.ends()) {
        set(mask, end);
      }
    }
    return mask;
  }

  private static void set(long[] mask, int token) {
    mask[token >> 6] |= 1L << token;
  }
}
