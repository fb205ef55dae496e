package dev.heddle.ops.reference;

import dev.heddle.ops.Ops;
import dev.heddle.ops.OpsFactory;
import org.jspecify.annotations.Nullable;

/** The scalar backend, which all others are compared with. */
public final class ReferenceFactory implements OpsFactory {
  @Override
  public String name() {
    return "reference";
  }

  @Override
  public Speed speed() {
    return Speed.SCALAR;
  }

  @Override
  public @Nullable String obstacle() {
    return null;
  }

  @Override
  public String uses() {
    return "scalar, one thread";
  }

  @Override
  public Ops create(int threads) {
    return new ReferenceOps();
  }
}
