package dev.heddle.runtime;

import dev.heddle.experts.AdapterCatalog;
import dev.heddle.experts.ExpertLayout;
import dev.heddle.format.DType;
import dev.heddle.format.Digest;
import dev.heddle.format.ExpertWeights;
import dev.heddle.format.MatrixData;
import dev.heddle.format.adapter.AdapterManifest;
import dev.heddle.format.adapter.AdapterSource;
import dev.heddle.format.adapter.TunedExpert;
import dev.heddle.format.model.ModelShape;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Adapters made of experts whose weights are one number, some of them shared among adapters. */
final class SimulatedAdapters implements AdapterCatalog {
  static final Digest BASE = digest(1);

  private final ModelShape shape;
  private final ExpertLayout layout;
  private final Map<Digest, List<TunedExpert>> adapters = new LinkedHashMap<>();
  private final AtomicInteger open = new AtomicInteger();

  /** How many of the next opens and reads fail. */
  int failures;

  SimulatedAdapters(ModelShape shape, int count, Random random) {
    this.shape = shape;
    this.layout = ExpertLayout.of(shape);
    for (int i = 0; i < count; i++) {
      List<TunedExpert> experts = new ArrayList<>();
      for (int layer = 0; layer < shape.layers(); layer++) {
        for (int column = 0; shape.isMoe(layer) && column < layout.columns(); column++) {
          if (random.nextInt(4) == 0) {
            // Few variants of each expert: several adapters have the same one.
            long value = 1000L + (layer * 64L + column) * 4L + (long) random.nextInt(3);
            experts.add(new TunedExpert(layer, column, digest(value)));
          }
        }
      }
      adapters.put(digest(100_000L + i), experts);
    }
  }

  List<Digest> digests() {
    return List.copyOf(adapters.keySet());
  }

  int openSources() {
    return open.get();
  }

  /** What a model with this adapter merged in has in place of weights. */
  long fingerprint(@Nullable Digest adapter) {
    long[][] values = new long[layout.moeLayers()][layout.columns()];
    for (int layer = 0; layer < values.length; layer++) {
      for (int column = 0; column < values[layer].length; column++) {
        values[layer][column] = baseValue(layout.baseSlot(layer, column));
      }
    }
    if (adapter != null) {
      for (TunedExpert expert : adapters.get(adapter)) {
        values[layout.moeIndex(expert.layer())][expert.column()] = value(expert.digest());
      }
    }
    long hash = 0;
    for (long[] layer : values) {
      for (long value : layer) {
        hash = mix(hash, value);
      }
    }
    return hash;
  }

  static long baseValue(int slot) {
    return 7_000_000L + slot;
  }

  static long value(ExpertWeights weights) {
    return weights.gate().data().get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
  }

  static long mix(long hash, long value) {
    long x = (hash ^ value) * 0x9E3779B97F4A7C15L;
    x = (x ^ x >>> 29) * 0xBF58476D1CE4E5B9L;
    return x ^ x >>> 32;
  }

  @Override
  public AdapterSource open(Digest adapter) throws IOException {
    failByChance();
    List<TunedExpert> experts = adapters.get(adapter);
    if (experts == null) {
      throw new IOException("no adapter has this digest");
    }
    open.incrementAndGet();
    return new AdapterSource() {
      @Override
      public AdapterManifest manifest() {
        return new AdapterManifest(adapter, BASE, experts, experts.size() * 8L);
      }

      @Override
      public ExpertWeights weights(TunedExpert expert) {
        if (failures > 0) {
          failures--;
          throw new IllegalStateException("injected failure of a read");
        }
        MemorySegment bytes = MemorySegment.ofArray(new byte[8]);
        bytes.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, value(expert.digest()));
        MatrixData matrix = MatrixData.dense(DType.F32, 1, 2, bytes);
        return new ExpertWeights(matrix, matrix, matrix);
      }

      @Override
      public void close() {
        open.decrementAndGet();
      }
    };
  }

  private void failByChance() throws IOException {
    if (failures > 0) {
      failures--;
      throw new IOException("injected failure of an open");
    }
  }

  ModelShape shape() {
    return shape;
  }

  private static Digest digest(long value) {
    return Digest.of(ByteBuffer.allocate(32).putLong(value).array());
  }

  private static long value(Digest digest) {
    return ByteBuffer.wrap(digest.bytes()).getLong();
  }
}
