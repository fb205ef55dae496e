package dev.heddle.ops.vector;

import dev.heddle.ops.Ops;
import dev.heddle.ops.OpsFactory;
import org.jspecify.annotations.Nullable;

/** The SIMD backend, where the JVM was started with the Vector API. */
public final class VectorFactory implements OpsFactory {
  private static final String MODULE = "jdk.incubator.vector";

  @Override
  public String name() {
    return "vector";
  }

  @Override
  public Speed speed() {
    return Speed.SIMD;
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
