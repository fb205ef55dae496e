package dev.heddle.structured;

/**
 * A {@link Structure} compiled for the tokens of one tokenizer. Any number of sequences and threads
 * may share it: what it learns about its states is the same for all.
 */
public final class Constraint {
  /** Heap for masks where no cache says how much. */
  private static final long MASK_BYTES = 64L << 20;

  private final Machine machine;
  private final TokenVocabulary vocabulary;
  private final MaskPool masks;
  private final MaskWalk walk;

  private Constraint(Machine machine, TokenVocabulary vocabulary, MaskPool masks) {
    this.machine = machine;
    this.vocabulary = vocabulary;
    this.masks = masks;
    this.walk = new MaskWalk(machine, vocabulary);
  }

  /**
   * Compiles a structure. Takes milliseconds for what people write, and is bounded by the limits
   * for what they do not.
   *
   * @throws StructureException naming everything that is wrong
   */
  public static Constraint compile(
      Structure structure, TokenVocabulary vocabulary, StructureLimits limits) {
    return compile(structure, vocabulary, limits, new MaskPool(MASK_BYTES));
  }

  static Constraint compile(
      Structure structure, TokenVocabulary vocabulary, StructureLimits limits, MaskPool masks) {
    Network network = new Compiler(vocabulary, limits).compile(structure);
    return new Constraint(new Machine(network, limits), vocabulary, masks);
  }

  /** A sequence of which nothing is written yet. */
  public ConstraintState start() {
    return new ConstraintState(this, machine.start());
  }

  /**
   * Approximate heap, in bytes, less masks; grows with the states that are met, up to their limit.
   */
  public long bytes() {
    return 1024 + machine.network.bytes() + machine.stateBytes();
  }

  /** Whether a text was given up because it may be at too many places of the grammar. */
  boolean overflowed() {
    return machine.overflowed();
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

  /** The only token that may come, -1 if there are several or it would take time to know. */
  int only(State state) {
    if (state.mask == null && !machine.isNarrow(state)) {
      return -1;
    }
    int only = -1;
    long[] mask = mask(state);
    for (int word = 0; word < mask.length; word++) {
      if (mask[word] != 0) {
        if (only >= 0 || Long.bitCount(mask[word]) > 1) {
          return -1;
        }
        only = 64 * word + Long.numberOfTrailingZeros(mask[word]);
      }
    }
    return only;
  }

  long[] mask(State state) {
    long[] known = state.mask;
    if (known == null) {
      known = walk.mask(state);
      masks.keep(state, known);
    }
    return known;
  }
}
