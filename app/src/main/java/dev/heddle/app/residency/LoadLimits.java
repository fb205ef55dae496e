package dev.heddle.app.residency;

import dev.heddle.app.quota.QuotaException;
import dev.heddle.app.quota.QuotaGate;
import dev.heddle.app.serving.Admission;
import dev.heddle.format.Digest;
import dev.heddle.registry.adapter.Version;
import dev.heddle.runtime.InferenceRuntime;
import java.util.Objects;
import org.springframework.stereotype.Component;

/** Holds a tenant that loads its adapters ahead to the slots that its requests may take. */
@Component
public final class LoadLimits {
  private final QuotaGate gate;
  private final InferenceRuntime runtime;

  LoadLimits(QuotaGate gate, InferenceRuntime runtime) {
    this.gate = gate;
    this.runtime = runtime;
  }

  /**
   * Does nothing if a ready version may be loaded now.
   *
   * @throws dev.heddle.app.error.ApiException naming the limit that refuses it
   */
  public void require(Version ready) {
    Digest digest = ready.readyDigest();
    long bytes = Objects.requireNonNull(ready.bytes(), "a ready version has a size");
    try {
      gate.requireSlots(ready.tenantId(), digest, PinKeeper.slots(runtime.shape(), bytes));
    } catch (QuotaException e) {
      throw Admission.refusal(e);
    }
  }
}
