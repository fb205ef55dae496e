package dev.heddle.runtime;

import dev.heddle.experts.AdapterDemand;
import dev.heddle.experts.AdapterLoadException;
import dev.heddle.schedule.AdmissionGate;
import dev.heddle.schedule.SequenceGroup;
import java.util.ArrayList;
import java.util.List;

/** Lets requests in that have a lease of their adapter. Step thread only. */
final class AdapterGate implements AdmissionGate {
  /** A request whose adapter cannot be had. */
  record Refusal(ActiveRequest request, GenerationException cause) {}

  private final List<Refusal> refusals = new ArrayList<>();

  @Override
  public Answer enter(SequenceGroup group) {
    ActiveRequest request = (ActiveRequest) group;
    AdapterDemand demand = request.demand;
    if (demand == null) {
      return Answer.HELD; // the base, or a lease is held already
    }
    try {
      request.lease = demand.tryLease();
      if (request.lease == null) {
        return Answer.WAIT;
      }
      if (!demand.hit()) {
        request.generation().loaded();
      }
      request.demand = null;
      return Answer.HELD;
    } catch (AdapterLoadException e) {
      request.demand = null;
      refusals.add(new Refusal(request, unavailable(e)));
      return Answer.REFUSED;
    }
  }

  /** Those refused since {@link #forget}. */
  List<Refusal> refusals() {
    return refusals;
  }

  void forget() {
    refusals.clear();
  }

  static GenerationException unavailable(AdapterLoadException cause) {
    return new GenerationException(
        GenerationException.Kind.ADAPTER_UNAVAILABLE, String.valueOf(cause.getMessage()), cause);
  }
}
