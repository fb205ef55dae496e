package dev.heddle.registry.snapshot;

import java.util.List;

/**
 * A free alias as the snapshot has it.
 *
 * @param targets versions of its owner's adapters; each may be one that is not callable here
 */
record AliasEntry(OwnedName name, List<Target> targets) {
  /** A version by the name of its adapter and its number, and its share. */
  record Target(String adapter, int number, int weight) {}

  AliasEntry {
    targets = List.copyOf(targets);
  }
}
