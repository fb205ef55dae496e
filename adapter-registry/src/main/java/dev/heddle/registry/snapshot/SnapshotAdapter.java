package dev.heddle.registry.snapshot;

import dev.heddle.format.Digest;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An adapter as the snapshot has it.
 *
 * @param isPublic every tenant may call it
 * @param grantees tenants, beside its owner, that may call it
 * @param versions all that are ready, by number
 * @param published what its name means, none if nothing
 */
record SnapshotAdapter(
    OwnedName name,
    boolean isPublic,
    Set<UUID> grantees,
    List<VersionRef> versions,
    List<Weighted> published) {
  SnapshotAdapter {
    grantees = Set.copyOf(grantees);
    versions = List.copyOf(versions);
    published = List.copyOf(published);
  }

  boolean mayBeCalledBy(UUID tenant) {
    return isPublic || name.owner().equals(tenant) || grantees.contains(tenant);
  }

  /** What the name, or one of its versions by number or digest, stands for; none if nothing. */
  List<Weighted> choices(ModelName asked) {
    if (asked.number() == null && asked.digest() == null) {
      return published;
    }
    VersionRef version = asked.number() != null ? version(asked.number()) : latest(asked.digest());
    return version == null ? List.of() : List.of(new Weighted(version, 1));
  }

  @Nullable VersionRef version(int number) {
    int low = 0;
    int high = versions.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      VersionRef version = versions.get(middle);
      if (version.number() == number) {
        return version;
      }
      if (version.number() < number) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return null;
  }

  /** Of several versions with one digest the latest. */
  private @Nullable VersionRef latest(@Nullable Digest digest) {
    for (VersionRef version : versions.reversed()) {
      if (version.digest().equals(digest)) {
        return version;
      }
    }
    return null;
  }
}
