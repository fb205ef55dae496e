package dev.heddle.model;

import dev.heddle.ops.Ops;
import dev.heddle.ops.reference.ReferenceOps;
import java.util.List;

/** The backends that tests of the model run on. */
final class Backends {
  static final List<String> NAMES = List.of("reference");

  private Backends() {}

  static Ops open(String name) {
    if (!NAMES.contains(name)) {
      throw new IllegalArgumentException("no such backend: " + name);
    }
    return new ReferenceOps();
  }
}
