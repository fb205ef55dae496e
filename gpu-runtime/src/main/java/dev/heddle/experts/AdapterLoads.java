package dev.heddle.experts;

import dev.heddle.experts.BackgroundLoader.News;
import dev.heddle.format.Digest;
import dev.heddle.format.adapter.AdapterManifest;
import dev.heddle.format.adapter.AdapterSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves adapters from being asked for to being resident, and out again: the policy that {@link
 * ExpertWeightManager} states. Step thread only.
 */
final class AdapterLoads {
  private static final Logger log = LoggerFactory.getLogger(AdapterLoads.class);

  private final ResidencyConfig config;
  private final BackgroundLoader loader;
  private final Residency residency;
  private final EvictionPlan plan;
  private final ResidencyBoard board;
  private final LongSupplier nanoClock;

  /** Adapters that are resident or on their way, by digest. */
  private final Map<Digest, AdapterEntry> entries = new HashMap<>();

  /** Those on their way, in the order they were asked for. */
  private final List<AdapterEntry> loads = new ArrayList<>();

  private int loadsOpen;
  private long uses;

  /** Something happened that may let a load move on. */
  private boolean changed;

  /** When time alone lets one. */
  private long lookAgainNanos;

  private boolean closed;

  AdapterLoads(
      ExpertLayout layout,
      ResidencyConfig config,
      Residency residency,
      BackgroundLoader loader,
      ResidencyBoard board,
      LongSupplier nanoClock) {
    this.config = config;
    this.residency = residency;
    this.loader = loader;
    this.board = board;
    this.nanoClock = nanoClock;
    plan = new EvictionPlan(residency.pool, residency.rows, layout.baseSlots());
    lookAgainNanos = nanoClock.getAsLong();
  }

  /** The adapter, if it is resident or on its way. */
  @Nullable AdapterEntry known(Digest adapter) {
    return entries.get(adapter);
  }

  /** The adapter; its load is asked for if need be. */
  AdapterEntry find(Digest adapter) {
    AdapterEntry known = entries.get(adapter);
    if (known != null) {
      return known;
    }
    AdapterEntry entry = new AdapterEntry(adapter);
    entry.waitingSinceNanos = nanoClock.getAsLong();
    if (closed || loads.size() >= config.maxWaiting()) {
      entry.stage =
          new Stage.Gone(
              new AdapterLoadException(
                  closed ? "the runtime is stopping" : "too many adapters wait to be loaded",
                  null));
      return entry;
    }
    entries.put(adapter, entry);
    loads.add(entry);
    changed = true;
    return entry;
  }

  /** Something happened that may let a load move on. */
  void changed() {
    changed = true;
  }

  void touch(AdapterEntry entry) {
    entry.useStamp = ++uses;
    entry.usedNanos = nanoClock.getAsLong();
    changed = true;
  }

  /** Before it is marked to leave: from now on, who asks for it waits. */
  void stopAdmitting(AdapterEntry entry) {
    if (entry.admits()) {
      entry.waitingSinceNanos = nanoClock.getAsLong();
    }
  }

  /** Asked for once: many requests may wait for one adapter. */
  private String name(AdapterEntry entry) {
    if (entry.name == null) {
      entry.name = loader.name(entry.digest);
    }
    return entry.name;
  }

  AdapterLoadException late(AdapterEntry entry) {
    return new AdapterLoadException(
        "adapter %s was not loaded within %d ms (%s)"
            .formatted(name(entry), config.loadWait().toMillis(), entry.stage.text()),
        null);
  }

  /** Does what has become possible since the last call. */
  void advance() {
    for (News news = loader.poll(); news != null; news = loader.poll()) {
      take(news);
      changed = true;
    }
    long now = nanoClock.getAsLong();
    if (changed || now - lookAgainNanos >= 0) {
      changed = false;
      lookAgainNanos = now + Long.MAX_VALUE / 2;
      letUnloadingLeave();
      dropUnwanted(now);
      place(now);
      openAsked();
      board.post(entries.values());
    }
  }

  private void take(News news) {
    switch (news) {
      case News.Opened(AdapterEntry entry, AdapterSource source, AdapterManifest manifest) ->
          entry.stage = new Stage.Waiting(source, new AdapterExperts(manifest));
      case News.Filled filled -> install(filled.entry());
      case News.Failed failed -> {
        AdapterEntry entry = failed.entry();
        String message = "adapter %s cannot be loaded: %s".formatted(name(entry), failed.cause());
        fail(entry, new AdapterLoadException(message, failed.cause()));
      }
      case News.Cleared() -> residency.cleared();
      case News.NotCleared(Throwable cause) -> {
        log.error("expert slots could not be cleared; trying again", cause);
        residency.notCleared();
      }
    }
  }

  private void install(AdapterEntry entry) {
    loads.remove(entry);
    loadsOpen--;
    entry.owed = entry.demands > 0;
    touch(entry);
    board.loaded(entry);
    residency.install(entry, nanoClock.getAsLong());
    CompletableFuture<Void> prefetched = entry.prefetched;
    if (prefetched != null && !entry.unloading) {
      entry.prefetched = null;
      settle(() -> prefetched.complete(null));
    }
  }

  private void fail(AdapterEntry entry, AdapterLoadException failure) {
    board.failed();
    forget(entry, failure);
    CompletableFuture<Void> prefetched = entry.prefetched;
    if (prefetched != null) {
      settle(() -> prefetched.completeExceptionally(failure));
    }
    completeUnload(entry);
  }

  /** Ends a load: whatever it held is given back. */
  private void forget(AdapterEntry entry, @Nullable AdapterLoadException failure) {
    loadsOpen -= entry.stage.isLoading() ? 1 : 0;
    entry.stage.release(residency, source -> settle(source::close));
    entry.stage = new Stage.Gone(failure);
    loads.remove(entry);
    entries.remove(entry.digest);
  }

  /** Runs off the step thread what may take long or run somebody else's code. */
  private void settle(Runnable work) {
    if (closed) {
      work.run();
    } else {
      loader.execute(work);
    }
  }

  private void dropUnwanted(long now) {
    for (int i = loads.size() - 1; i >= 0; i--) {
      AdapterEntry entry = loads.get(i);
      CompletableFuture<Void> prefetched = entry.prefetched;
      if (prefetched != null) {
        long left = entry.waitingSinceNanos + config.loadWait().toNanos() - now;
        if (left < 0) {
          entry.prefetched = null;
          AdapterLoadException late = late(entry);
          settle(() -> prefetched.completeExceptionally(late));
        } else {
          lookAgain(now, left + 1);
        }
      }
      boolean mayEnd = entry.stage instanceof Stage.Asked || entry.stage instanceof Stage.Waiting;
      if (mayEnd && !entry.wanted()) {
        forget(entry, null);
      }
    }
  }

  private void openAsked() {
    for (int i = 0; i < loads.size() && loadsOpen < config.maxLoads(); i++) {
      AdapterEntry entry = loads.get(i);
      if (entry.stage instanceof Stage.Asked) {
        entry.stage = new Stage.Opening();
        loadsOpen++;
        loader.open(entry);
      }
    }
  }

  /** Lets waiting loads have their slots, evicting or closing others for them. */
  private void place(long now) {
    List<AdapterEntry> victims = List.of();
    boolean overtaking = true;
    for (int i = 0; i < loads.size() && overtaking; i++) {
      AdapterEntry load = loads.get(i);
      if (!(load.stage instanceof Stage.Waiting waiting)) {
        continue;
      }
      AdapterExperts experts = waiting.experts();
      if (!residency.fitsBesidePinned(experts)) {
        fail(load, tooLarge(load, experts));
        i--;
        continue;
      }
      long untilUrgent = load.waitingSinceNanos + config.urgentNanos() - now;
      boolean urgent = untilUrgent <= 0;
      boolean fits =
          !residency.isComing(experts) && plan.plan(experts, residency.residents(), urgent);
      if (fits && plan.victimsAreUnused()) {
        reserve(load, waiting);
      } else {
        victims = fits ? List.copyOf(plan.victims()) : victims;
        overtaking = !urgent;
        lookAgain(now, urgent ? Long.MAX_VALUE / 2 : untilUrgent);
      }
    }
    closeFor(victims);
  }

  /** What a load of this many experts, none of which sits in a slot, would do now. */
  LoadPreview preview(int experts) {
    boolean possible = residency.fitsBesidePinned(experts);
    boolean placed = possible && plan.plan(experts, residency.residents(), false);
    boolean atOnce = placed && plan.victimsAreUnused();
    if (possible && !placed) {
      plan.plan(experts, residency.residents(), true);
    }
    return new LoadPreview(
        residency.pool.total(),
        residency.pool.available(),
        possible,
        atOnce,
        possible ? plan.leaving() : List.of());
  }

  private void lookAgain(long now, long inNanos) {
    lookAgainNanos = now + Math.min(lookAgainNanos - now, inNanos);
  }

  private AdapterLoadException tooLarge(AdapterEntry load, AdapterExperts experts) {
    return new AdapterLoadException(
        "adapter %s needs %d slots and a row; the pool has %d slots, %d of them pinned, and %d rows"
            .formatted(
                name(load),
                experts.size(),
                residency.pool.total(),
                residency.pinnedSlots(),
                residency.rows.total()),
        null);
  }

  private void reserve(AdapterEntry load, Stage.Waiting waiting) {
    List<AdapterEntry> victims = List.copyOf(plan.victims());
    victims.forEach(this::stopAdmitting);
    residency.reserve(load, waiting, victims);
    victims.forEach(this::left);
  }

  /** Those stop admitting that an urgent load waits for, and no others. */
  private void closeFor(List<AdapterEntry> victims) {
    List<AdapterEntry> residents = residency.residents();
    for (int i = 0; i < residents.size(); i++) {
      AdapterEntry entry = residents.get(i);
      boolean victim = victims.contains(entry);
      if (victim) {
        stopAdmitting(entry);
      }
      entry.victim = victim;
    }
  }

  private void letUnloadingLeave() {
    List<AdapterEntry> residents = residency.residents();
    for (int i = residents.size() - 1; i >= 0; i--) {
      AdapterEntry entry = residents.get(i);
      if (entry.unloading && entry.leases == 0) {
        residency.evict(entry);
        left(entry);
      }
    }
  }

  /** An adapter has been evicted: it is forgotten, or asked for again by those who wait for it. */
  private void left(AdapterEntry entry) {
    board.evicted();
    entry.victim = false;
    entry.unloading = false;
    entry.owed = false;
    if (entry.wanted()) {
      entry.stage = new Stage.Asked();
      loads.add(entry);
    } else {
      entry.stage = new Stage.Gone(null);
      entries.remove(entry.digest);
    }
    completeUnload(entry); // whoever waited may look at once
  }

  private void completeUnload(AdapterEntry entry) {
    CompletableFuture<Void> unloaded = entry.unloaded;
    if (unloaded != null) {
      entry.unloaded = null;
      settle(() -> unloaded.complete(null));
    }
  }

  /** Ends every load and waits for the loaders. */
  void close() {
    if (closed) {
      return;
    }
    closed = true;
    loader.close();
    for (News news = loader.poll(); news != null; news = loader.poll()) {
      take(news);
    }
    for (AdapterEntry entry : List.copyOf(loads)) {
      fail(entry, new AdapterLoadException("the runtime is stopping", null));
    }
    for (AdapterEntry entry : entries.values()) { // residents: no step follows in which they leave
      CompletableFuture<Void> prefetched = entry.prefetched;
      if (prefetched != null) {
        prefetched.completeExceptionally(new AdapterLoadException("the runtime is stopping", null));
      }
      completeUnload(entry);
    }
    board.post(entries.values());
  }

  void checkIntegrity(int leasesOut) {
    residency.checkIntegrity(entries.values());
    int leases = 0;
    int open = 0;
    int away = 0;
    for (AdapterEntry entry : entries.values()) {
      leases += entry.leases;
      open += entry.stage.isLoading() ? 1 : 0;
      away += entry.stage instanceof Stage.Resident ? 0 : 1;
    }
    if (leases != leasesOut || open != loadsOpen || away != loads.size()) {
      throw new IllegalStateException(
          "leases %d of %d, open loads %d of %d, adapters on their way %d of %d"
              .formatted(leases, leasesOut, open, loadsOpen, away, loads.size()));
    }
  }
}
