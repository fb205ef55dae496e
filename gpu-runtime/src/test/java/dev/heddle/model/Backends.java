package dev.heddle.model;

import dev.heddle.ops.Ops;
import dev.heddle.ops.reference.ReferenceOps;
import dev.heddle.ops.vector.VectorOps;
import java.util.List;

/** The backends that tests of the model run on. */
public final class Backends {
  public static final List<String> NAMES = List.of("reference", "vector");

  private Backends() {}

  public static Ops open(String name) {
    return switch (name) {
      case "reference" -> new ReferenceOps();
      case "vector" -> new VectorOps(2);
      default -> throw new IllegalArgumentException("no such backend: " + name);
    };
  }
}
