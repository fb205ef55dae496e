package dev.heddle.ops;

import dev.heddle.ops.vector.VectorOps;
import org.jspecify.annotations.Nullable;

/** The SIMD backend, where the JVM was started with the Vector API. */
final class VectorFactory implements OpsFactory {
  private static final String MODULE = "jdk.incubator.vector";

  @Override
  public String name() {
    return "vector";
  }

  @Override
  public @Nullable String obstacle() {
    return ModuleLayer.boot().findModule(MODULE).isPresent()
        ? null
        : "the JVM was started without --add-modules " + MODULE;
  }

  @Override
  public String uses() {
    return "SIMD, " + VectorOps.vectorBits() + " bits";
  }

  @Override
  public Ops create(int threads) {
    return new VectorOps(threads);
  }
}
