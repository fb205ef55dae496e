package uk.ac.manchester.tornado.api;

import uk.ac.manchester.tornado.api.exceptions.TornadoRuntimeException;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** An execution that has ended, and the way to what it left on the device. */
public final class TornadoExecutionResult {
  private final TornadoExecutionPlan plan;
  private final TornadoProfilerResult profile;

  TornadoExecutionResult(TornadoExecutionPlan plan, TornadoProfilerResult profile) {
    this.plan = plan;
    this.profile = profile;
  }

  public TornadoProfilerResult getProfilerResult() {
    return profile;
  }

  /** Copies whole arrays of the plan's selected graph to the host. */
  public TornadoExecutionResult transferToHost(Object... arrays) {
    for (Object array : arrays) {
      if (!(array instanceof TornadoNativeArray known)) {
        throw new TornadoRuntimeException("not an array: " + array);
      }
      plan.copyToHost(new DataRange(known));
    }
    return this;
  }

  /** Copies a run of elements of an array of the plan's selected graph to the host. */
  public TornadoExecutionResult transferToHost(DataRange range) {
    plan.copyToHost(range);
    return this;
  }

  /** Always: executions end before they return. */
  public boolean isReady() {
    return true;
  }
}
