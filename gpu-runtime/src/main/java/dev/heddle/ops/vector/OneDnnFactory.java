package dev.heddle.ops.vector;

import dev.heddle.ops.Ops;
import dev.heddle.ops.OpsFactory;
import dev.heddle.ops.onednn.OneDnn;
import org.jspecify.annotations.Nullable;

/**
 * The SIMD backend with products of many rows by oneDNN ({@link NativeProducts}): prompts go
 * faster, and results are no longer those of the scalar backend. So it is used only where it is
 * asked for. The library is libdnnl.so.3, as the system's loader finds it, or the one that the
 * environment's {@code HEDDLE_ONEDNN} names.
 */
public final class OneDnnFactory implements OpsFactory {
  private static final String LIBRARY = "libdnnl.so.3";

  /** Inputs that are rounded to 8 bits are wrong by 2^-9 at most: squared and with some reserve. */
  private static final double TOLERANCE = 1e-4;

  private final VectorFactory vector = new VectorFactory();
  private @Nullable OneDnn opened;

  @Override
  public String name() {
    return "onednn";
  }

  @Override
  public Speed speed() {
    return Speed.SIMD;
  }

  @Override
  public boolean isAutomatic() {
    return false;
  }

  @Override
  public double tolerance() {
    return TOLERANCE;
  }

  @Override
  public @Nullable String obstacle() {
    String obstacle = vector.obstacle();
    if (obstacle != null) {
      return obstacle;
    }
    try {
      return NativeProducts.obstacle(library());
    } catch (IllegalStateException e) {
      return e.getMessage()
          + ". Install oneDNN 3 (Debian's libdnnl3, or PyPI's onednn-cpu-gomp), and set"
          + " HEDDLE_ONEDNN to the path of its libdnnl.so.3";
    }
  }

  /** Opened once: its probe, its name for the log and the backend need it in turn. */
  private OneDnn library() {
    if (opened == null) {
      String named = System.getenv("HEDDLE_ONEDNN");
      opened = OneDnn.open(named == null || named.isBlank() ? LIBRARY : named);
    }
    return opened;
  }

  @Override
  public String uses() {
    return vector.uses() + ", oneDNN " + library().version();
  }

  @Override
  public Ops create(int threads) {
    return new VectorOps(threads, library());
  }
}
