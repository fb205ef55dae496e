package dev.heddle.registry.store;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.heddle.format.Digest;
import dev.heddle.format.ExpertWeights;
import dev.heddle.format.MatrixData;
import dev.heddle.registry.UnavailableException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.NoSuchFileException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The tier between the store and the slots: experts that were read lately, in memory outside the
 * heap, so that an adapter loaded again comes from there and not from a disk or a bucket. Safe for
 * any thread.
 *
 * <p>A reader gets the copy itself, which stays until the reader's arena is closed. Copies without
 * readers are evicted when room is needed, the least recently used first, and their memory is given
 * back at once. An expert for which there is no room is read where it is stored.
 */
public final class HostCache implements ExpertReader, AutoCloseable {

  /**
   * What the cache did.
   *
   * @param budget most bytes it may hold
   * @param bytes held now
   * @param experts held now
   * @param hits opened from memory
   * @param misses copied from the store when opened
   * @param bypassed opened where they are stored, for want of room
   * @param evictions copies that left for others
   */
  public record Stats(
      long budget,
      long bytes,
      int experts,
      long hits,
      long misses,
      long bypassed,
      long evictions) {}

  /** An expert in memory. */
  private record Copy(Arena arena, long bytes, ExpertWeights weights) {
    /** The same, valid as long as a reader's arena, whose end is told. */
    ExpertWeights view(Arena reader, Runnable end) {
      return new ExpertWeights(
          view(weights.gate(), reader, ignored -> end.run()),
          view(weights.up(), reader, null),
          view(weights.down(), reader, null));
    }

    private static MatrixData view(
        MatrixData matrix, Arena reader, @Nullable Consumer<MemorySegment> end) {
      MemorySegment data = matrix.data().reinterpret(reader, end).asReadOnly();
      return MatrixData.dense(matrix.dtype(), matrix.rows(), matrix.cols(), data);
    }
  }

  /** An expert as its first reader opened it, and the copy if there is one. */
  private record Opened(@Nullable ExpertWeights stored, @Nullable Copy copy) {}

  /** A place for an expert, from when it is first asked for; null in the future: no room. */
  private static final class Place {
    final CompletableFuture<@Nullable Copy> copy = new CompletableFuture<>();
    int readers; // guarded by the cache
  }

  private final ExpertReader store;
  private final long budget;
  private final Map<Digest, Place> places = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;
  private long hits;
  private long misses;
  private long bypassed;
  private long evictions;
  private boolean closed;

  /**
   * @param budget most bytes it may hold; with 0 everything is read where it is stored
   */
  public HostCache(ExpertReader store, long budget) {
    this.store = store;
    this.budget = budget;
  }

  @Override
  public ExpertWeights open(Digest expert, Arena arena) throws IOException {
    Place place;
    boolean first;
    synchronized (this) {
      Place known = places.get(expert);
      first = known == null;
      place = known == null ? new Place() : known;
      place.readers++;
      if (first) {
        places.put(expert, place);
      }
    }
    ExpertWeights view = null;
    try {
      Opened opened = first ? load(expert, place, arena) : new Opened(null, await(expert, place));
      Copy copy = opened.copy();
      if (copy != null) {
        count(first);
        view = copy.view(arena, () -> release(place));
        return view;
      }
      bypass();
      ExpertWeights stored = opened.stored();
      return stored == null ? store.open(expert, arena) : stored;
    } finally {
      if (view == null) {
        release(place);
      }
    }
  }

  private synchronized void bypass() {
    bypassed++;
  }

  private synchronized void count(boolean first) {
    if (first) {
      misses++;
    } else {
      hits++;
    }
  }

  /** Waits for the copy that somebody else makes. */
  private static @Nullable Copy await(Digest expert, Place place) throws IOException {
    try {
      return place.copy.get();
    } catch (ExecutionException e) {
      String message = "the expert " + expert + " could not be read";
      if (e.getCause() instanceof NoSuchFileException) {
        throw new NoSuchFileException(expert.hex());
      }
      if (e.getCause() instanceof UnavailableException) {
        throw UnavailableException.store(message, e);
      }
      throw new IOException(message, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while an expert was being read", e);
    }
  }

  /**
   * Opens an expert where it is stored, and copies it into its place; a place without a copy is
   * given up.
   */
  private Opened load(Digest expert, Place place, Arena arena) throws IOException {
    Copy copy = null;
    try {
      ExpertWeights stored = store.open(expert, arena);
      long size = ExpertBlob.weightBytes(stored);
      if (reserve(size)) {
        copy = copied(stored, size);
      }
      place.copy.complete(copy);
      return new Opened(stored, copy);
    } catch (Throwable e) { // whoever waits has to hear of it, whatever it is
      place.copy.completeExceptionally(e);
      throw e;
    } finally {
      if (copy == null) {
        synchronized (this) {
          places.remove(expert, place);
        }
      }
    }
  }

  /** Makes room for a copy and takes it; false, and nobody leaves, if there cannot be enough. */
  private synchronized boolean reserve(long size) {
    long idle =
        places.values().stream().filter(p -> p.readers == 0).mapToLong(HostCache::held).sum();
    if (closed || bytes - idle + size > budget) {
      return false;
    }
    Iterator<Place> eldest = places.values().iterator();
    while (bytes + size > budget) {
      Place place = eldest.next();
      if (place.readers == 0) {
        eldest.remove();
        evictions++;
        free(place);
      }
    }
    bytes += size;
    return true;
  }

  private Copy copied(ExpertWeights weights, long size) {
    Arena arena = Arena.ofShared();
    try {
      return new Copy(
          arena,
          size,
          new ExpertWeights(
              copied(weights.gate(), arena),
              copied(weights.up(), arena),
              copied(weights.down(), arena)));
    } catch (Throwable e) { // an OutOfMemoryError too: the room is given back
      arena.close();
      synchronized (this) {
        bytes -= size;
      }
      throw e;
    }
  }

  /** A matrix without gaps; memory is not zeroed first where it is copied whole. */
  private static MatrixData copied(MatrixData matrix, Arena arena) {
    long bytes = (long) matrix.rows() * matrix.cols() * matrix.dtype().bytes();
    MemorySegment memory;
    if (bytes == matrix.rows() * matrix.rowStride()) {
      memory = arena.allocateFrom(JAVA_BYTE, matrix.data(), JAVA_BYTE, 0, bytes);
    } else {
      memory = arena.allocate(bytes);
      ExpertBlob.pack(matrix, memory, 0);
    }
    return MatrixData.dense(matrix.dtype(), matrix.rows(), matrix.cols(), memory);
  }

  private synchronized void release(Place place) {
    place.readers--;
    if (closed && place.readers == 0) {
      free(place);
    }
  }

  /** Gives a copy's memory back; nobody reads it, and nobody will. */
  private void free(Place place) {
    Copy copy = copy(place);
    if (copy != null) {
      bytes -= copy.bytes();
      copy.arena().close();
    }
  }

  private static long held(Place place) {
    Copy copy = copy(place);
    return copy == null ? 0 : copy.bytes();
  }

  private static @Nullable Copy copy(Place place) {
    return place.copy.isCompletedExceptionally() ? null : place.copy.getNow(null);
  }

  /** A consistent picture. */
  public synchronized Stats stats() {
    return new Stats(budget, bytes, places.size(), hits, misses, bypassed, evictions);
  }

  /** Gives all memory back, that of copies being read as soon as their readers end. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    places.values().stream().filter(place -> place.readers == 0).forEach(this::free);
    places.clear();
  }
}
