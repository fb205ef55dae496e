package dev.heddle.app.residency;

import dev.heddle.format.Digest;
import dev.heddle.registry.snapshot.SnapshotSource;
import dev.heddle.registry.snapshot.VersionRef;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/**
 * What people call an adapter, for the log: {@code tenant/name@number} of the ready versions that
 * are this adapter, as far as there is room, or its digest where none is.
 */
@Component
public final class AdapterNames {
  private static final int NAMED_MAX = 3;

  private final SnapshotSource registry;

  AdapterNames(SnapshotSource registry) {
    this.registry = registry;
  }

  /** Takes time by how many versions there are. */
  public String of(Digest adapter) {
    return text(adapter, registry.current().versions(adapter));
  }

  /**
   * What clients may write as {@code model} for each of the adapters, whoever they are; takes time
   * as {@link #of}, for all of them together.
   */
  public Map<Digest, List<String>> callable(Set<Digest> adapters) {
    return registry.current().names(adapters);
  }

  static String text(Digest adapter, List<VersionRef> versions) {
    if (versions.isEmpty()) {
      return adapter.qualified();
    }
    String named =
        versions.stream()
            .limit(NAMED_MAX)
            .map(VersionRef::fullName)
            .collect(Collectors.joining(", "));
    int others = versions.size() - NAMED_MAX;
    return others > 0 ? named + " and " + others + " others" : named;
  }
}
