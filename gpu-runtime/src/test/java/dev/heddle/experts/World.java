package dev.heddle.experts;

import dev.heddle.format.DType;
import dev.heddle.format.Digest;
import dev.heddle.format.adapter.AdapterManifest;
import dev.heddle.format.adapter.TunedExpert;
import dev.heddle.format.model.ModelShape;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * A manager with everything around it faked and under the test's control: three layers, the first
 * dense, four routed columns and one shared.
 */
final class World {
  static final ModelShape SHAPE =
      new ModelShape(
          "test",
          DType.F32,
          16,
          8,
          3,
          1,
          new ModelShape.Latent(0, 4, 2, 2, 2, false),
          8,
          new ModelShape.Experts(4, 1, 8, 2, 1, 1, false, 1, 1, 1),
          new ModelShape.Rope(10000, null),
          1e-6f,
          1e-6f,
          false,
          64,
          null,
          List.of());
  static final ExpertLayout LAYOUT = ExpertLayout.of(SHAPE);
  static final Duration WAIT = Duration.ofMillis(100);

  final FakeAdapters adapters = new FakeAdapters();
  final ManualExecutor executor = new ManualExecutor();
  final FakeBackend backend;
  final ExpertWeightManager manager;
  long nanos;
  long started;
  long finished;
  int wakeUps;

  World(int adapterSlots, int adapterRows) {
    this(ResidencyConfig.of(LAYOUT.baseSlots() + adapterSlots, adapterRows, WAIT, 2));
  }

  World(ResidencyConfig config) {
    backend = new FakeBackend(LAYOUT, config.slots(), config.adapterRows());
    manager =
        new ExpertWeightManager(
            LAYOUT,
            config,
            () -> FakeAdapters.BASE,
            adapters,
            backend,
            executor,
            () -> nanos,
            () -> wakeUps++);
  }

  /** An adapter with this many experts that no other has; from layer 1 on. */
  Digest adapter(String name, int experts) {
    TunedExpert[] tuned = new TunedExpert[experts];
    for (int i = 0; i < experts; i++) {
      tuned[i] = FakeAdapters.expert(1 + i / 5, i % 5, name + i);
    }
    return adapters.add(name, tuned);
  }

  void advance(Duration time) {
    nanos += time.toNanos();
  }

  void startStep() {
    started++;
    backend.stepStarts();
  }

  void finishStep() {
    finished++;
    backend.stepFinishes();
  }

  /** Lets everything happen that can happen by itself. */
  void settle() {
    do {
      executor.runAll();
      manager.betweenSteps(started, finished);
      manager.checkIntegrity();
    } while (executor.pending() > 0);
  }

  /** A lease of an adapter that can be loaded at once. */
  AdapterLease lease(Digest adapter) {
    AdapterDemand demand = manager.demand(adapter);
    settle();
    AdapterLease lease = Objects.requireNonNull(demand.tryLease(), "not resident");
    requireRow(lease);
    return lease;
  }

  /** Results that nobody waits for: what comes of them is seen in the manager's books. */
  private final List<CompletableFuture<Void>> asked = new ArrayList<>();

  void pin(Digest adapter) {
    asked.add(manager.pin(adapter));
  }

  void prefetch(Digest adapter) {
    asked.add(manager.prefetch(adapter));
  }

  void unload(Digest adapter) {
    asked.add(manager.unload(adapter));
  }

  /** Whether every pin, prefetch and unload has been answered. */
  boolean answered() {
    return asked.stream().allMatch(CompletableFuture::isDone);
  }

  void load(Digest adapter) {
    lease(adapter).giveBack();
  }

  boolean resident(Digest adapter) {
    return manager.stats().residents().stream().anyMatch(r -> r.adapter().equals(adapter));
  }

  void requireRow(AdapterLease lease) {
    AdapterManifest manifest = adapters.manifests.get(lease.adapter());
    backend.requireRow(lease.row(), manifest.experts());
  }
}
