package dev.heddle.experts;

import dev.heddle.format.Digest;
import java.util.List;

/**
 * What the load of an adapter that is not here would do at this moment.
 *
 * @param slots slots that adapters may use (the base's not counted)
 * @param available of these, free or about to be, and not reserved by another load
 * @param possible whether it could fit if all but pinned adapters left
 * @param atOnce whether it would get its slots without waiting until leases end
 * @param evictions adapters that would be evicted for it, first to last; empty where it fits beside
 *     them, and where no eviction would help now
 */
public record LoadPreview(
    int slots, int available, boolean possible, boolean atOnce, List<Leaving> evictions) {
  public LoadPreview {
    evictions = List.copyOf(evictions);
  }

  /**
   * An adapter that would leave.
   *
   * @param slots what that frees; slots it shares with adapters that stay are not freed
   * @param leases sequences that use it now
   */
  public record Leaving(Digest adapter, int slots, int leases) {}
}
