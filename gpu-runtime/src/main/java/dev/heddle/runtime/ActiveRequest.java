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

  /** How long it waits for its turn, from when it has its adapter. */
  final long patienceNanos;

  /** Waits for its turn alone, since then. */
  boolean inLine;

  long inLineNanos;

  /** Counts as waiting for admission. */
  boolean queued = true;

  /** Its listener has been told that it was admitted. */
  boolean admissionTold;

  /** Has tokens that its listener has not been told of. */
  boolean progressed;

  /** Its listener has been told the end. */
  boolean over;

  private ActiveRequest(Generation generation, long patienceNanos, SamplingState[] sampling) {
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
    this.patienceNanos = patienceNanos;
    this.sampling = sampling;
  }

  /** Any thread: what a generation needs inside the loop, made before it is handed over. */
  static ActiveRequest of(Generation generation, long patienceNanos, ModelShape shape) {
    GenerationRequest request = generation.request();
    SamplingState[] sampling = new SamplingState[request.choices()];
    sampling[0] = SamplingState.of(request.sampling(), request.prompt(), shape.eosTokens());
    if (request.grammar() != null) {
      sampling[0] = sampling[0].with(request.grammar().copy());
    }
    for (int i = 1; i < sampling.length; i++) {
      sampling[i] = sampling[0].forChoice(i);
    }
    return new ActiveRequest(generation, patienceNanos, sampling);
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

  /** Whether nothing but its turn keeps it from being admitted. */
  boolean hasAdapter() {
    return demand == null || demand.isThere();
  }

  /** Row of the expert map that its tokens carry. */
  int adapterRow() {
    return lease == null ? 0 : lease.row();
  }
}
