package dev.heddle.app.residency;

import dev.heddle.experts.ResidencyStats.Resident;
import dev.heddle.format.Digest;
import dev.heddle.format.model.ModelShape;
import dev.heddle.registry.RegistryException;
import dev.heddle.registry.db.RegistryDatabase;
import dev.heddle.registry.replica.Replicas;
import dev.heddle.registry.residency.Holder;
import dev.heddle.registry.residency.Pins;
import dev.heddle.runtime.InferenceRuntime;
import jakarta.annotation.PreDestroy;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * Makes the engine keep what the registry's pins say: after the start, soon after a change made
 * here, and every second for what changes at other replicas. While there are none it looks every
 * ten seconds, for what could not be loaded before. Requests wait for none of it.
 */
@Component
public final class PinKeeper {
  private static final Logger log = LoggerFactory.getLogger(PinKeeper.class);
  private static final long EVERY_SECONDS = 1;
  private static final long ALONE_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(15);

  private final Pins pins;
  private final InferenceRuntime runtime;
  private final AdapterNames names;
  private final Replicas replicas;
  private final Semaphore changes = new Semaphore(0);
  private final Thread thread =
      Thread.ofPlatform().name("heddle-pins").daemon().unstarted(this::run);

  /**
   * What the engine has been asked to keep; those that wait for their load do not show as pinned.
   */
  private final Set<Digest> asked = ConcurrentHashMap.newKeySet();

  /** When the engine could not keep an adapter: not to be tried at once again. */
  private final Map<Digest, Long> failed = new ConcurrentHashMap<>();

  /** The registry did not answer the last time; the keeper's thread alone. */
  private boolean away;

  private volatile Map<UUID, Map<Digest, Integer>> slots = Map.of();

  PinKeeper(
      Pins pins,
      InferenceRuntime runtime,
      AdapterNames names,
      RegistryDatabase database,
      Replicas replicas) {
    this.pins = pins;
    this.runtime = runtime;
    this.names = names;
    this.replicas = replicas;
    database.onChange(changes::release); // an archived version's pin goes with it
  }

  /**
   * The slots that a version takes where it shares none with others: what its tenant is charged.
   */
  public static int slots(ModelShape shape, long versionBytes) {
    return Math.toIntExact(versionBytes / (shape.expertElements() * shape.dtype().bytes()));
  }

  /** Slots of a tenant's pinned adapters where nothing is shared; never waits. */
  public Map<Digest, Integer> slots(UUID tenant) {
    return slots.getOrDefault(tenant, Map.of());
  }

  @EventListener(ApplicationReadyEvent.class)
  void begin() {
    thread.start();
  }

  private void run() {
    try {
      while (true) {
        reconcile();
        awaitNews();
      }
    } catch (InterruptedException e) {
      log.debug("applying pins stops: the server is stopping", e);
    }
  }

  /** While nobody else is there and the registry answers, what changes is changed here. */
  private void awaitNews() throws InterruptedException {
    long since = System.nanoTime();
    boolean changed;
    do {
      changed = changes.tryAcquire(EVERY_SECONDS, TimeUnit.SECONDS);
    } while (!changed && !away && replicas.isAlone() && System.nanoTime() - since < ALONE_NANOS);
    changes.drainPermits();
  }

  private void reconcile() {
    try {
      List<Holder> pinned = pins.list();
      away = false;
      slots = byTenant(pinned);
      Set<Digest> wanted = pinned.stream().map(Holder::digest).collect(Collectors.toSet());
      Set<Digest> kept =
          runtime.residency().residents().stream()
              .filter(Resident::pinned)
              .map(Resident::adapter)
              .collect(Collectors.toSet());
      for (Digest adapter : wanted) {
        if (!kept.contains(adapter) && mayTry(adapter) && asked.add(adapter)) {
          keep(adapter);
        }
      }
      Set<Digest> unwanted = new HashSet<>(asked);
      unwanted.addAll(kept);
      unwanted.removeAll(wanted);
      failed.keySet().retainAll(wanted);
      for (Digest adapter : unwanted) {
        asked.remove(adapter);
        letGo(adapter);
      }
    } catch (RegistryException e) {
      if (!away) { // once, not every second
        away = true;
        log.warn("Pins could not be read: {}", e.getMessage());
      }
    } catch (RuntimeException e) {
      log.error("Pins could not be applied", e); // the next time may go better
    }
  }

  private boolean mayTry(Digest adapter) {
    Long last = failed.get(adapter);
    return last == null || System.nanoTime() - last > RETRY_NANOS;
  }

  private void keep(Digest adapter) {
    Mono.fromFuture(() -> runtime.pin(adapter), true)
        .subscribe(
            nothing -> {},
            failure -> {
              failed.put(adapter, System.nanoTime());
              asked.remove(adapter); // to be tried again
              log.warn("{} cannot be pinned now: {}", names.of(adapter), failure.getMessage());
            },
            () -> {
              failed.remove(adapter);
              log.info("{} is pinned", names.of(adapter));
            });
  }

  private void letGo(Digest adapter) {
    Mono.fromFuture(() -> runtime.unpin(adapter), true)
        .subscribe(
            nothing -> {},
            failure -> log.debug("could not unpin an adapter", failure),
            () -> log.info("{} is no longer pinned", names.of(adapter)));
  }

  private Map<UUID, Map<Digest, Integer>> byTenant(List<Holder> pinned) {
    Map<UUID, Map<Digest, Integer>> byTenant = new HashMap<>();
    for (Holder holder : pinned) {
      byTenant
          .computeIfAbsent(holder.tenantId(), tenant -> new HashMap<>())
          .put(holder.digest(), slots(runtime.shape(), holder.bytes()));
    }
    return byTenant;
  }

  @PreDestroy
  void close() {
    thread.interrupt();
  }
}
