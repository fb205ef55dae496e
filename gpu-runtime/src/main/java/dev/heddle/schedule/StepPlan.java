package dev.heddle.schedule;

import org.jspecify.annotations.Nullable;

/**
 * What one step computes: runs of tokens, one a sequence, and the KV blocks to be copied before
 * that. Sized once and used again for every step.
 */
public final class StepPlan {
  private final @Nullable Sequence[] sequences;
  private final int[] tokens;
  private final int[] copyFrom;
  private final int[] copyTo;
  private int size;
  private int copies;
  private int tokenCount;
  private int logitCount;

  public StepPlan(int maxSequences) {
    this.sequences = new @Nullable Sequence[maxSequences];
    this.tokens = new int[maxSequences];
    this.copyFrom = new int[maxSequences];
    this.copyTo = new int[maxSequences];
  }

  /** Sequences in the step. */
  public int size() {
    return size;
  }

  public Sequence sequence(int index) {
    Sequence sequence = sequences[index];
    if (index >= size || sequence == null) {
      throw new IndexOutOfBoundsException(index);
    }
    return sequence;
  }

  /** Tokens to compute for a sequence, from its {@link Sequence#computed} on; &ge; 1. */
  public int tokens(int index) {
    return tokens[index];
  }

  /** Blocks to copy, in this order, before anything is computed. */
  public int copies() {
    return copies;
  }

  public int copyFrom(int index) {
    return copyFrom[index];
  }

  public int copyTo(int index) {
    return copyTo[index];
  }

  /** All tokens of the step. */
  public int tokenCount() {
    return tokenCount;
  }

  /** Rows of logits that its sequences want. */
  public int logitCount() {
    return logitCount;
  }

  void clear() {
    size = 0;
    copies = 0;
    tokenCount = 0;
    logitCount = 0;
  }

  void add(Sequence sequence, int count, int rows) {
    sequences[size] = sequence;
    tokens[size++] = count;
    tokenCount += count;
    logitCount += rows;
  }

  void copy(int from, int to) {
    copyFrom[copies] = from;
    copyTo[copies++] = to;
  }
}
