package dev.heddle.runtime;

import dev.heddle.schedule.Chunks;

/**
 * Log-probabilities of a run of tokens and of the most likely alternatives at each place. It grows
 * in chunks. The step thread reserves a place; then it, or one worker of the backend, sets it; then
 * the step thread publishes a count, and any thread may read what lies below the count.
 */
final class TokenScores {
  /** Scores of the places of one chunk; alternatives of place {@code i} from {@code i * width}. */
  private static final class Chunk {
    final float[] logprobs;
    final int[] alternatives;
    final int[] tokens;
    final float[] values;

    Chunk(int places, int width) {
      logprobs = new float[places];
      alternatives = new int[width == 0 ? 0 : places];
      tokens = new int[places * width];
      values = new float[places * width];
    }
  }

  private final int width;
  private final Chunks<Chunk> chunks;

  /**
   * @param capacity most places there can be
   * @param width alternatives kept for each token, -1 to keep nothing at all
   */
  TokenScores(int capacity, int width) {
    this.width = width;
    this.chunks = new Chunks<>(width < 0 ? 0 : capacity, places -> new Chunk(places, width));
  }

  /** Heap of one place, in bytes; 0 for a width of -1. */
  static long placeBytes(int width) {
    return width < 0 ? 0 : Float.BYTES + (width == 0 ? 0 : Integer.BYTES + 8L * width);
  }

  /** Alternatives kept for each token, -1 if no scores are kept. */
  int width() {
    return width;
  }

  /** Whether there is anything to {@link #set}. */
  boolean wanted() {
    return width >= 0;
  }

  /** Step thread: makes room for a place that will be {@link #set}. */
  void reserve(int index) {
    chunks.reserve(index);
  }

  void set(int index, float logprob, int count, int[] tokens, float[] values) {
    Chunk chunk = chunks.get(index);
    int place = Chunks.offset(index);
    chunk.logprobs[place] = logprob;
    if (width > 0) {
      chunk.alternatives[place] = count;
      System.arraycopy(tokens, 0, chunk.tokens, place * width, count);
      System.arraycopy(values, 0, chunk.values, place * width, count);
    }
  }

  float logprob(int index) {
    if (!wanted()) {
      throw new IllegalStateException("the request asked for no logprobs");
    }
    return chunks.get(index).logprobs[Chunks.offset(index)];
  }

  int alternatives(int index) {
    return width > 0 ? chunks.get(index).alternatives[Chunks.offset(index)] : 0;
  }

  int alternativeToken(int index, int rank) {
    int place = place(index, rank);
    return chunks.get(index).tokens[place];
  }

  float alternativeLogprob(int index, int rank) {
    int place = place(index, rank);
    return chunks.get(index).values[place];
  }

  private int place(int index, int rank) {
    if (rank < 0 || rank >= alternatives(index)) {
      throw new IndexOutOfBoundsException(rank);
    }
    return Chunks.offset(index) * width + rank;
  }
}
