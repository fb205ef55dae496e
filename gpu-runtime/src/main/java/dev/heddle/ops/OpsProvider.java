package dev.heddle.ops;

import dev.heddle.format.model.ModelShape;
import dev.heddle.ops.OpsFactory.Speed;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses a backend once, at start, and says why. */
public final class OpsProvider {
  /** Asks for the fastest backend that works on this machine. */
  public static final String AUTO = "auto";

  /** The backend of accelerators, which a build without their SDK leaves out. */
  private static final String TORNADO = "tornado";

  private static final Logger log = LoggerFactory.getLogger(OpsProvider.class);

  private OpsProvider() {}

  /**
   * Creates a backend for a model, after a comparison with the scalar one that also warms its
   * kernels up.
   *
   * @param shape the model's
   * @param precision what its weights are kept as
   * @param requested a backend's name, or {@link #AUTO}
   * @param threads how many work together, the caller's included
   * @throws IllegalArgumentException if there is no such backend, or it cannot work here, or the
   *     model's weights cannot be kept so
   */
  public static Ops choose(ModelShape shape, Precision precision, String requested, int threads) {
    List<String> odd = precision.obstacles(shape);
    if (!odd.isEmpty()) {
      throw new IllegalArgumentException(
          "weights int8: widths must be even, but those of "
              + String.join(", ", odd)
              + " are not; keep them as stored");
    }
    List<OpsFactory> factories = factories();
    if (requested.equals(AUTO)) {
      return firstThatWorks(factories, shape, precision, threads);
    }
    for (OpsFactory factory : factories) {
      if (factory.name().equals(requested)) {
        String obstacle = obstacle(factory, shape, precision, threads);
        if (obstacle != null) {
          throw new IllegalArgumentException("backend " + requested + ": " + obstacle);
        }
        return create(factory, threads, "it was asked for");
      }
    }
    if (requested.equals(TORNADO)) {
      throw new IllegalArgumentException(
          "backend tornado: this build is without it, since TornadoVM's SDK was not there. Get the"
              + " SDK (a release of https://github.com/beehive-lab/TornadoVM, or sdk install"
              + " tornadovm), set TORNADOVM_HOME to its folder, and start with"
              + " ./heddle --backend tornado, which builds it in");
    }
    throw new IllegalArgumentException(
        "no backend " + requested + "; there are " + AUTO + " and " + names(factories));
  }

  /**
   * Whether it is certain, before it is opened, that a backend uses no memory but this process's.
   */
  public static boolean isOnProcessor(String requested) {
    List<OpsFactory> possible =
        factories().stream()
            .filter(factory -> requested.equals(AUTO) || requested.equals(factory.name()))
            .toList();
    return !possible.isEmpty()
        && possible.stream().noneMatch(factory -> factory.speed() == Speed.ACCELERATOR);
  }

  private static Ops firstThatWorks(
      List<OpsFactory> factories, ModelShape shape, Precision precision, int threads) {
    String reason = "it is the fastest that works here";
    for (OpsFactory factory : factories) {
      String obstacle = automaticObstacle(factory, shape, precision, threads);
      if (obstacle == null) {
        return create(factory, threads, reason);
      }
      log.warn("backend {} is not used: {}", factory.name(), obstacle);
      reason = "no faster one works here";
    }
    throw new IllegalStateException("no backend works here");
  }

  private static Ops create(OpsFactory factory, int threads, String reason) {
    log.info(
        "backend {} ({}), threads: {}, because {}",
        factory.name(),
        factory.uses(),
        threads,
        reason);
    return factory.create(threads);
  }

  /** Why a backend is not chosen unasked. */
  private static @Nullable String automaticObstacle(
      OpsFactory factory, ModelShape shape, Precision precision, int threads) {
    String obstacle = factory.obstacle();
    if (obstacle == null && !factory.isAutomatic()) {
      return factory.uses() + ": slower here than the others, so it is used only on request";
    }
    return obstacle != null ? obstacle : obstacle(factory, shape, precision, threads);
  }

  /** Why a backend is not to be used, its results included. */
  private static @Nullable String obstacle(
      OpsFactory factory, ModelShape shape, Precision precision, int threads) {
    String obstacle = factory.obstacle();
    if (obstacle == null && !factory.keeps(precision)) {
      return "it cannot keep weights as " + precision.label();
    }
    if (obstacle != null || factory.speed() == Speed.SCALAR) {
      return obstacle;
    }
    try (Ops ops = factory.create(threads);
        Ops reference = factories().getLast().create(1)) {
      return SelfCheck.compare(ops, reference, shape, precision, factory.tolerance())
          ? null
          : "its results differ from the scalar ones";
    } catch (RuntimeException e) {
      log.error("the self-test of backend {} failed", factory.name(), e);
      return "its self-test failed: " + e.getMessage();
    }
  }

  /** All that are known, the fastest first. */
  private static List<OpsFactory> factories() {
    return ServiceLoader.load(OpsFactory.class).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparing(OpsFactory::speed))
        .toList();
  }

  private static List<String> names(List<OpsFactory> factories) {
    return factories.stream().map(OpsFactory::name).toList();
  }
}
