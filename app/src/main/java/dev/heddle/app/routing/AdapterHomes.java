package dev.heddle.app.routing;

import dev.heddle.app.routing.AffinityRule.Candidate;
import dev.heddle.format.Digest;
import dev.heddle.registry.replica.Replica;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@link AffinityRule} over the fleet as this replica sees it. Safe for any thread. */
public final class AdapterHomes {
  private final UUID self;
  private final Supplier<List<Replica>> live;
  private final boolean forwards;

  /**
   * @param self id of this replica
   * @param live who lives now; answers at once
   * @param forwards whether requests for others' adapters are to leave
   */
  public AdapterHomes(UUID self, Supplier<List<Replica>> live, boolean forwards) {
    this.self = self;
    this.live = live;
    this.forwards = forwards;
  }

  /** Whether requests for others' adapters leave this replica. */
  public boolean isForwarding() {
    return forwards;
  }

  /**
   * The other replica that is to answer an adapter's next request; null if this one is, be it that
   * the fleet does not know it (yet), or that none of the others can be reached.
   */
  public @Nullable Replica elsewhere(Digest adapter) {
    List<Replica> all = live.get();
    Replica own = find(all, self);
    return own == null || !own.isServing() ? null : elsewhere(adapter, all, own);
  }

  private static @Nullable Replica elsewhere(Digest adapter, List<Replica> all, Replica own) {
    List<Candidate> candidates =
        all.stream()
            .filter(each -> each.equals(own) || mayTake(each, own))
            .map(each -> new Candidate(each.id(), each.load().running() + each.load().waiting()))
            .toList();
    UUID chosen = AffinityRule.choose(adapter, candidates).id();
    return chosen.equals(own.id()) ? null : find(all, chosen);
  }

  /** Answers would not be the same on another base model. */
  private static boolean mayTake(Replica other, Replica own) {
    return other.isServing() && other.address() != null && other.base().equals(own.base());
  }

  private static @Nullable Replica find(List<Replica> all, UUID id) {
    return all.stream().filter(each -> each.id().equals(id)).findFirst().orElse(null);
  }
}
