package dev.heddle.schedule;

import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Places for a growing run of values whose number is known only in the end. They lie in chunks of
 * {@link #SIZE} places. A chunk is made when the first of its places is needed, and never moves.
 *
 * <p>One thread calls {@link #reserve} and writes. Another thread may read a place after the writer
 * has published it, for example by a volatile count.
 *
 * @param <T> what holds the values of one chunk, for example {@code int[]}
 */
public final class Chunks<T> {
  /** Places of a chunk; the last chunk has fewer if the capacity is no multiple. */
  public static final int SIZE = 128;

  private final @Nullable Object[] chunks;
  private final int capacity;
  private final IntFunction<T> maker;

  /**
   * @param capacity most places there can be
   * @param maker makes a chunk of so many places, 1 to {@link #SIZE}
   */
  public Chunks(int capacity, IntFunction<T> maker) {
    this.chunks = new Object[Math.ceilDiv(capacity, SIZE)];
    this.capacity = capacity;
    this.maker = maker;
  }

  /** The chunk of a place, which is made if it is not there. */
  public T reserve(int index) {
    int chunk = index / SIZE;
    if (chunks[chunk] == null) {
      chunks[chunk] = maker.apply(Math.min(SIZE, capacity - chunk * SIZE));
    }
    return get(index);
  }

  /**
   * The chunk of a place that was reserved; its value there is at {@link #offset}.
   *
   * @throws IndexOutOfBoundsException if the place was not reserved
   */
  @SuppressWarnings("unchecked") // only the maker fills the array
  public T get(int index) {
    Object chunk = chunks[index / SIZE];
    if (chunk == null) {
      throw new IndexOutOfBoundsException(index);
    }
    return (T) chunk;
  }

  /** Where a place is in its chunk. */
  public static int offset(int index) {
    return index % SIZE;
  }

  /** Places that the chunks of the first {@code count} places have. */
  public int reservedBy(int count) {
    return Math.min(capacity, Math.ceilDiv(count, SIZE) * SIZE);
  }
}
