package dev.heddle.runtime;

import dev.heddle.experts.AdapterDemand;
import dev.heddle.experts.AdapterLease;
import dev.heddle.format.model.ModelShape;
import dev.heddle.sample.SamplingState;
import dev.heddle.schedule.SequenceGroup;
import org.jspecify.annotations.Nullable;

/** A generation inside the step loop, with what it holds of others. Step thread only. */
final class ActiveRequest extends SequenceGroup {
  private final Generation generation;
  private final SamplingState[] sampling;

  /** Its wish for an adapter while it waits, the lease from admission on; null for the base. */
  @Nullable AdapterDemand demand;

  @Nullable AdapterLease lease;

  /** Counts as waiting for admission. */
  boolean queued = true;

  /** Its listener has been told that it was admitted. */
  boolean admissionTold;

  /** Has tokens that its listener has not been told of. */
  boolean progressed;

  /** Its listener has been told the end. */
  boolean over;

  private ActiveRequest(Generation generation, SamplingState[] sampling) {
    GenerationRequest request = generation.request();
    super(
        request.tenant(),
        request.adapter(),
        request.prompt(),
        request.maxTokens(),
        request.choices(),
        request.promptLogprobs() >= 0,
        request.collectsRouting());
    this.generation = generation;
    this.sampling = sampling;
  }

  /** Any thread: what a generation needs inside the loop, made before it is handed over. */
  static ActiveRequest of(Generation generation, ModelShape shape) {
    GenerationRequest request = generation.request();
    SamplingState[] sampling = new SamplingState[request.choices()];
    sampling[0] = SamplingState.of(request.sampling(), request.prompt(), shape.eosTokens());
    if (request.grammar() != null) {
      sampling[0] = sampling[0].with(request.grammar().copy());
    }
    for (int i = 1; i < sampling.length; i++) {
      sampling[i] = sampling[0].forChoice(i);
    }
    return new ActiveRequest(generation, sampling);
  }

  Generation generation() {
    return generation;
  }

  GenerationRequest request() {
    return generation.request();
  }

  SamplingState sampling(int choice) {
    return sampling[choice];
  }

  /** Row of the expert map that its tokens carry. */
  int adapterRow() {
    return lease == null ? 0 : lease.row();
  }
}
