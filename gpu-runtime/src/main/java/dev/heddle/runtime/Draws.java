package dev.heddle.runtime;

import dev.heddle.model.StepModel;
import dev.heddle.ops.RowReader;
import dev.heddle.sample.Sampler;
import dev.heddle.schedule.Sequence;
import org.jspecify.annotations.Nullable;

/**
 * Tokens to draw from a step's logits. The step thread fills it and looks at it when the model has
 * shown the rows; in between the backend's threads draw, each from rows of its own. Choices do not
 * depend on each other, so the tokens are the same whoever draws them.
 */
final class Draws implements RowReader {
  private final StepModel model;
  private final int vocabulary;

  /** Each made when its lane is first used. */
  private final @Nullable Sampler[] samplers;

  private final int[] rows;
  private final int[] tokens;
  private final @Nullable Sequence[] sequences;
  private final @Nullable Throwable[] failures;
  private int count;

  /**
   * @param capacity most choices that get a token in one step
   */
  Draws(StepModel model, int vocabulary, int capacity) {
    this.model = model;
    this.vocabulary = vocabulary;
    samplers = new Sampler[model.lanes()];
    rows = new int[capacity];
    tokens = new int[capacity];
    sequences = new Sequence[capacity];
    failures = new Throwable[capacity];
  }

  /** Forgets everything. */
  void clear() {
    for (int i = 0; i < count; i++) {
      sequences[i] = null;
      failures[i] = null;
    }
    count = 0;
  }

  /** Adds a choice that draws from a row. */
  void add(int row, Sequence sequence) {
    rows[count] = row;
    sequences[count++] = sequence;
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public int row(int i) {
    return rows[i];
  }

  Sequence sequence(int i) {
    Sequence sequence = sequences[i];
    if (sequence == null) {
      throw new IndexOutOfBoundsException(i);
    }
    return sequence;
  }

  /** The token drawn for the i-th choice, unless there is a {@link #failure}. */
  int token(int i) {
    return tokens[i];
  }

  /** Why nothing could be drawn; null if something was. */
  @Nullable Throwable failure(int i) {
    return failures[i];
  }

  @Override
  public void look(int lane, int i, float[] logits) {
    Sequence sequence = sequence(i);
    ActiveRequest request = (ActiveRequest) sequence.group();
    try {
      tokens[i] =
          sampler(lane).sample(logits, request.sampling(sequence.choice()), sequence.length());
    } catch (Throwable e) { // the other rows are not concerned
      failures[i] = e;
    }
  }

  private Sampler sampler(int lane) {
    Sampler sampler = samplers[lane];
    if (sampler == null) {
      sampler = new Sampler(vocabulary, model.rowMath());
      samplers[lane] = sampler;
    }
    return sampler;
  }
}
