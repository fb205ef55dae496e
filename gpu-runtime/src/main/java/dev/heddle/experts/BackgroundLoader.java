package dev.heddle.experts;

import dev.heddle.format.Digest;
import dev.heddle.format.FormatException;
import dev.heddle.format.Violation;
import dev.heddle.format.adapter.AdapterManifest;
import dev.heddle.format.adapter.AdapterSource;
import dev.heddle.format.adapter.TunedExpert;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What of residency happens off the step thread: opening adapters, filling and clearing slots. The
 * step thread starts work and polls for {@link News} of it; in between, whatever was handed over
 * belongs to the loader.
 */
final class BackgroundLoader {
  /** Work that has ended. */
  sealed interface News {
    /** The adapter's source is open and its manifest can be used. */
    record Opened(AdapterEntry entry, AdapterSource source, AdapterManifest manifest)
        implements News {}

    /** The slots are filled, the source is closed. */
    record Filled(AdapterEntry entry) implements News {}

    /** Opening or filling failed, the source is closed. */
    record Failed(AdapterEntry entry, Throwable cause) implements News {}

    /** The slots that were to be cleared are. */
    record Cleared() implements News {}

    /** Clearing failed; some slots may be cleared. */
    record NotCleared(Throwable cause) implements News {}
  }

  private final AdapterCatalog catalog;
  private final ExpertBackend backend;
  private final ExpertLayout layout;
  private final Supplier<Digest> base;
  private final ExecutorService executor;
  private final int fillers;
  private final Runnable wakeUp;
  private final ArrayBlockingQueue<News> news;
  private volatile boolean stopping;

  /**
   * @param fillers how many threads of the executor fill slots of one adapter
   * @param capacity most works in progress at once
   * @param wakeUp called by loader threads when there is news
   */
  BackgroundLoader(
      AdapterCatalog catalog,
      ExpertBackend backend,
      ExpertLayout layout,
      Supplier<Digest> base,
      ExecutorService executor,
      int fillers,
      int capacity,
      Runnable wakeUp) {
    this.catalog = catalog;
    this.backend = backend;
    this.layout = layout;
    this.base = base;
    this.executor = executor;
    this.fillers = fillers;
    this.wakeUp = wakeUp;
    news = new ArrayBlockingQueue<>(capacity);
  }

  @Nullable News poll() {
    return news.poll();
  }

  /**
   * Work in progress ends at the next expert; nothing may be started any more. Waits for it, so
   * that afterwards nobody writes to a slot.
   */
  void close() {
    stopping = true;
    executor.close();
  }

  /** Runs something that the step thread should not wait for. */
  void execute(Runnable work) {
    executor.execute(work);
  }

  void open(AdapterEntry entry) {
    executor.execute(() -> tell(opened(entry)));
  }

  /** Fills {@code slots[i]} with {@code experts.get(i)} and closes the source. */
  void fill(AdapterEntry entry, AdapterSource source, List<TunedExpert> experts, int[] slots) {
    int threads = Math.clamp(slots.length, 1, fillers);
    Fill fill = new Fill(entry, source, experts, slots, threads);
    for (int i = 0; i < threads; i++) {
      executor.execute(fill);
    }
  }

  /** Clears the first {@code count} of these slots; the array is not to change until then. */
  void clear(int[] slots, int count) {
    executor.execute(() -> tell(cleared(slots, count)));
  }

  private News cleared(int[] slots, int count) {
    try {
      for (int i = 0; i < count && !stopping; i++) {
        backend.clearSlot(slots[i]);
      }
      return new News.Cleared();
    } catch (Throwable e) { // as below: without news the slots would never be free again
      return new News.NotCleared(e);
    }
  }

  private News opened(AdapterEntry entry) {
    AdapterSource source = null;
    try {
      requireRunning();
      source = catalog.open(entry.digest);
      requireRunning();
      AdapterManifest manifest = source.manifest();
      check(entry.digest, manifest);
      return new News.Opened(entry, source, manifest);
    } catch (Throwable e) { // a load that ends without news would be waited for until the timeout
      close(source, e);
      return new News.Failed(entry, e);
    }
  }

  /** An adapter's slots being filled: each thread takes the next expert until none is left. */
  private final class Fill implements Runnable {
    private final AdapterEntry entry;
    private final AdapterSource source;
    private final List<TunedExpert> experts;
    private final int[] slots;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final AtomicInteger open;

    /**
     * @param threads how many will run this; the last one to end tells
     */
    Fill(
        AdapterEntry entry,
        AdapterSource source,
        List<TunedExpert> experts,
        int[] slots,
        int threads) {
      this.entry = entry;
      this.source = source;
      this.experts = experts;
      this.slots = slots;
      open = new AtomicInteger(threads);
    }

    @Override
    public void run() {
      try {
        for (int i = next.getAndIncrement(); i < slots.length; i = next.getAndIncrement()) {
          requireRunning();
          if (failure.get() != null) {
            break;
          }
          backend.fillSlot(slots[i], source.weights(experts.get(i)));
        }
      } catch (Throwable e) { // as above; a mapped file that was cut short throws an InternalError
        failure.compareAndSet(null, e);
      }
      if (open.decrementAndGet() == 0) {
        tell(end());
      }
    }

    private News end() {
      Throwable cause = failure.get();
      try {
        if (cause == null) {
          source.close();
          return new News.Filled(entry);
        }
      } catch (Throwable e) {
        cause = e;
      }
      close(source, cause);
      return new News.Failed(entry, cause);
    }
  }

  private void requireRunning() {
    if (stopping) {
      throw new CancellationException("the runtime is stopping");
    }
  }

  private static void close(@Nullable AdapterSource source, Throwable cause) {
    try {
      if (source != null) {
        source.close();
      }
    } catch (RuntimeException e) {
      cause.addSuppressed(e);
    }
  }

  String name(Digest adapter) {
    return catalog.name(adapter);
  }

  /** Whatever the catalog promised, nothing enters the map that the model has no place for. */
  private void check(Digest asked, AdapterManifest manifest) {
    List<Violation> violations = new ArrayList<>();
    if (!manifest.digest().equals(asked)) {
      violations.add(
          new Violation("digest-mismatch", where(asked), "opened as " + manifest.digest()));
    }
    if (!manifest.base().equals(base.get())) {
      violations.add(
          new Violation(
              "base-mismatch",
              where(asked),
              "made from " + manifest.base() + ", served is " + base.get()));
    }
    Set<Long> places = new HashSet<>();
    for (TunedExpert expert : manifest.experts()) {
      boolean known = layout.moeIndex(expert.layer()) >= 0;
      boolean inRange = expert.column() >= 0 && expert.column() < layout.columns();
      if (!known || !inRange || !places.add((long) expert.layer() << 32 | expert.column())) {
        violations.add(
            new Violation(
                "no-such-expert",
                where(asked),
                "layer %d, column %d is dense, out of range or listed twice"
                    .formatted(expert.layer(), expert.column())));
      }
    }
    if (!violations.isEmpty()) {
      throw new FormatException(violations);
    }
  }

  /** A name is looked for among all versions: only to be told. */
  private String where(Digest adapter) {
    return "adapter " + name(adapter);
  }

  private void tell(News item) {
    news.add(item); // never full: its capacity is the most works in progress
    wakeUp.run();
  }
}
