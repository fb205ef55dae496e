package dev.heddle.app.bench;

import dev.heddle.cli.Console;
import dev.heddle.cli.bench.Gaps;
import dev.heddle.cli.bench.Streams;
import dev.heddle.experts.AdapterCatalog;
import dev.heddle.format.Digest;
import dev.heddle.format.Digests;
import dev.heddle.format.ExpertWeights;
import dev.heddle.format.adapter.AdapterManifest;
import dev.heddle.format.adapter.AdapterSource;
import dev.heddle.format.adapter.TunedExpert;
import dev.heddle.model.RandomModel;
import dev.heddle.ops.Precision;
import dev.heddle.registry.disk.DurableFiles;
import dev.heddle.registry.store.DamageListener;
import dev.heddle.registry.store.ExpertStore;
import dev.heddle.registry.store.HostCache;
import dev.heddle.registry.store.LocalExpertStore;
import dev.heddle.registry.store.StoredAdapterSource;
import dev.heddle.runtime.InferenceRuntime;
import dev.heddle.runtime.RuntimeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.core.JsonGenerator;

/**
 * How fast an adapter is loaded: from blobs, which the system keeps in memory, into slots, each
 * byte hashed. Alone; then beside streams, in turns with equally long times without a load, so that
 * what streams feel of a load is told from what the machine does to them anyway.
 */
final class LoadingBench {
  private static final long SETTLE_NANOS = 3_000_000_000L;
  private static final Digest BASE = new Digest("0".repeat(64));

  /** What is measured; see {@link BenchLoadingCommand}. */
  record Settings(
      int layers,
      int experts,
      int streams,
      int rounds,
      int loadThreads,
      int threads,
      Precision precision,
      Path folder) {}

  private final Settings settings;
  private final InferenceRuntime runtime;
  private final AdapterManifest adapter;

  private LoadingBench(Settings settings, InferenceRuntime runtime, AdapterManifest adapter) {
    this.settings = settings;
    this.runtime = runtime;
    this.adapter = adapter;
  }

  static void run(Settings settings, Console console) throws IOException {
    Path folder = Files.createTempDirectory(settings.folder(), "heddle-loading-");
    RandomModel model = new RandomModel(RandomModel.lite(settings.layers()));
    try (ExpertStore store = new LocalExpertStore(folder, UUID.randomUUID(), DamageListener.NONE);
        HostCache none = new HostCache(store, 0)) {
      AdapterManifest adapter = write(store, model, settings.experts());
      AdapterCatalog catalog =
          new AdapterCatalog() {
            @Override
            public AdapterSource open(Digest digest) throws IOException {
              return StoredAdapterSource.open(store, none, digest);
            }
          };
      try (InferenceRuntime runtime =
          InferenceRuntime.start(config(settings), model, () -> BASE, catalog)) {
        new LoadingBench(settings, runtime, adapter).run(console);
      }
    } finally {
      DurableFiles.deleteTree(folder);
    }
  }

  /** An adapter whose experts are no others', spread over the layers. */
  private static AdapterManifest write(ExpertStore store, RandomModel model, int experts)
      throws IOException {
    List<TunedExpert> tuned = new ArrayList<>();
    long bytes = 0;
    try (ExpertStore.Writing writing = store.begin()) {
      for (int i = 0; i < experts; i++) {
        int layer = 1 + i % (model.shape().layers() - 1);
        int column = i / (model.shape().layers() - 1);
        ExpertWeights weights = model.expert(layer, 1_000 + column);
        Digest digest = Digests.expert(weights);
        bytes += writing.put(digest, weights);
        tuned.add(new TunedExpert(layer, column, digest));
      }
      AdapterManifest manifest = AdapterManifest.of(BASE, tuned, bytes);
      writing.put(manifest);
      return manifest;
    }
  }

  private static RuntimeConfig config(Settings settings) {
    RuntimeConfig d = RuntimeConfig.defaults();
    return new RuntimeConfig(
        "vector",
        settings.threads(),
        settings.precision(),
        d.memoryBudget(),
        d.maxBatchTokens(),
        d.maxSequences(),
        d.logitRows(),
        d.queueLimit(),
        d.queueWait(),
        Duration.ofMinutes(10),
        d.maxContext(),
        4,
        0,
        settings.loadThreads(),
        d.tenantWeight(),
        d.process());
  }

  private void run(Console console) {
    load(); // warms up
    Gaps alone = new Gaps();
    for (int round = 0; round < settings.rounds(); round++) {
      alone.add(load());
    }
    Gaps beside = new Gaps();
    Gaps gapsBeside = new Gaps();
    Gaps gapsWithout = new Gaps();
    try (Streams streams = new Streams(runtime, settings.streams())) {
      LockSupport.parkNanos(SETTLE_NANOS);
      load();
      for (int round = 0; round < settings.rounds(); round++) {
        streams.record(gapsBeside);
        long nanos = load();
        streams.record(gapsWithout);
        LockSupport.parkNanos(nanos);
        streams.record(null);
        beside.add(nanos);
      }
    }
    report(console, alone, beside, gapsWithout, gapsBeside);
  }

  /** Loads the adapter and has it leave; answers how long the load took. */
  private long load() {
    long start = System.nanoTime();
    runtime.prefetch(adapter.digest()).join();
    long nanos = System.nanoTime() - start;
    runtime.unload(adapter.digest()).join();
    return nanos;
  }

  private void report(Console console, Gaps alone, Gaps beside, Gaps gapsWithout, Gaps gapsBeside) {
    console.note(
        String.format(
            "%d experts, %.2f GB; %d load threads, %s",
            settings.experts(), adapter.bytes() / 1e9, settings.loadThreads(), runtime.backend()));
    JsonGenerator json = console.json();
    json.writeStartObject();
    json.writeNumberProperty("experts", settings.experts());
    json.writeNumberProperty("bytes", adapter.bytes());
    json.writeNumberProperty("load_threads", settings.loadThreads());
    json.writeNumberProperty("streams", settings.streams());
    loads(console, json, "alone", alone);
    loads(console, json, "beside_streams", beside);
    gaps(console, json, "without_a_load", gapsWithout);
    gaps(console, json, "beside_a_load", gapsBeside);
    json.writeEndObject();
    console.endJson(json);
  }

  private void loads(Console console, JsonGenerator json, String name, Gaps times) {
    double seconds = times.millis(0.5) / 1e3;
    double rate = adapter.bytes() / 1e9 / seconds;
    console.note(
        String.format("load %-16s %.2f s, %.2f GB/s", name.replace('_', ' '), seconds, rate));
    json.writeObjectPropertyStart("load_" + name);
    json.writeNumberProperty("seconds", seconds);
    json.writeNumberProperty("gigabytes_per_second", rate);
    json.writeEndObject();
  }

  private static void gaps(Console console, JsonGenerator json, String name, Gaps gaps) {
    console.note(
        String.format(
            "gaps %-16s p50 %.1f ms, p99 %.1f ms, most %.1f ms",
            name.replace('_', ' '), gaps.millis(0.5), gaps.millis(0.99), gaps.millis(1)));
    json.writeObjectPropertyStart("gaps_" + name);
    json.writeNumberProperty("p50_ms", gaps.millis(0.5));
    json.writeNumberProperty("p99_ms", gaps.millis(0.99));
    json.writeNumberProperty("most_ms", gaps.millis(1));
    json.writeEndObject();
  }
}
