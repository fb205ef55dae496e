package dev.heddle.cli.bench;

import dev.heddle.cli.FailedException;
import dev.heddle.experts.AdapterCatalog;
import dev.heddle.format.Digest;
import dev.heddle.format.ExpertWeights;
import dev.heddle.format.adapter.AdapterManifest;
import dev.heddle.format.adapter.AdapterSource;
import dev.heddle.format.adapter.TunedExpert;
import dev.heddle.format.model.ModelShape;
import dev.heddle.model.WeightSource;
import dev.heddle.runtime.InferenceRuntime;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;

/**
 * Made-up adapters for the whole engine, whose answers are the base model's to the bit. Those with
 * experts of their own tune what an {@link AdapterMix} says, with the base's weights in slots of
 * their own: other memory, the same routes. Those without tune nothing: their rows of the map name
 * the base's slots, and all is done for their requests that is done for adapters.
 */
final class MadeAdapters implements AdapterCatalog {
  private final WeightSource source;
  private final List<Digest> own = new ArrayList<>();
  private final List<Digest> same = new ArrayList<>();
  private final Map<Digest, AdapterManifest> manifests = new HashMap<>();

  /** Two adapters for each of the mix: one with experts, one without. */
  MadeAdapters(WeightSource source, AdapterMix mix) {
    this.source = source;
    ModelShape shape = source.shape();
    int[] moeLayers = IntStream.range(0, shape.layers()).filter(shape::isMoe).toArray();
    int experts = 0;
    for (int adapter = 0; adapter < mix.tuned().size(); adapter++) {
      List<TunedExpert> tuned = new ArrayList<>();
      for (int moeLayer = 0; moeLayer < moeLayers.length; moeLayer++) {
        for (int column : mix.tuned().get(adapter).get(moeLayer)) {
          tuned.add(new TunedExpert(moeLayers[moeLayer], column, digest('e', experts++)));
        }
      }
      own.add(add(digest('a', adapter), tuned));
      same.add(add(digest('b', adapter), List.of()));
    }
  }

  private static Digest digest(char kind, int number) {
    return new Digest(kind + "%063x".formatted(number));
  }

  private Digest add(Digest digest, List<TunedExpert> tuned) {
    long bytes = tuned.size() * source.shape().expertElements() * source.shape().dtype().bytes();
    manifests.put(digest, new AdapterManifest(digest, BenchRuntime.BASE, tuned, bytes));
    return digest;
  }

  /** The adapters with experts of their own. */
  List<Digest> own() {
    return own;
  }

  /** Those without. */
  List<Digest> same() {
    return same;
  }

  /**
   * Loads adapters, to stay.
   *
   * @throws FailedException if one cannot be loaded
   */
  static void pin(InferenceRuntime runtime, List<Digest> adapters) {
    try {
      adapters.forEach(adapter -> runtime.pin(adapter).join());
    } catch (CompletionException e) {
      throw new FailedException(List.of(String.valueOf(e.getCause())));
    }
  }

  @Override
  public AdapterSource open(Digest adapter) throws IOException {
    AdapterManifest manifest = manifests.get(adapter);
    if (manifest == null) {
      throw new IOException("there is no adapter " + adapter);
    }
    return new Source(source, manifest);
  }

  private record Source(WeightSource base, AdapterManifest manifest) implements AdapterSource {
    @Override
    public ExpertWeights weights(TunedExpert expert) {
      return base.expert(expert.layer(), expert.column());
    }

    @Override
    public void close() {}
  }
}
