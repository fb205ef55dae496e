package dev.heddle.cli;

import dev.heddle.format.Violation;
import dev.heddle.format.Violations;
import dev.heddle.format.adapter.AdapterInspection;
import dev.heddle.format.adapter.ExpertConfig;
import dev.heddle.format.model.ModelInspection;
import dev.heddle.format.model.ModelShape;
import dev.heddle.model.MemoryEstimate;
import dev.heddle.runtime.MemoryPlan;
import dev.heddle.runtime.RuntimeConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What {@code inspect} says to people, in a few lines. */
final class InspectSummary {
  private final Console console;

  InspectSummary(Console console) {
    this.console = console;
  }

  /** Bytes of a model's weights; where they are not there, those that its configuration tells. */
  static long bytes(ModelInspection model) {
    if (model.tensorBytes() > 0 || model.shape() == null) {
      return model.tensorBytes();
    }
    return MemoryEstimate.checkpointBytes(model.shape());
  }

  void of(ModelInspection model) {
    ModelShape shape = model.shape();
    if (shape != null) {
      console.note(
          "base model: %s %s, %d layers, %d of them with %d experts and %d shared"
              .formatted(
                  shape.family(),
                  shape.dtype(),
                  shape.layers(),
                  shape.moeLayers(),
                  shape.experts().routed(),
                  shape.experts().shared()));
      console.note(
          "weights: %s, of these %s in %d experts of %s"
              .formatted(
                  ByteText.of(bytes(model)),
                  ByteText.of(model.slots() * model.expertBytes()),
                  model.slots(),
                  ByteText.of(model.expertBytes())));
      fits(shape, 0);
    }
    verdict(model.violations());
  }

  /**
   * @param base null if it is not known
   */
  void of(AdapterInspection adapter, @Nullable ModelShape base) {
    ExpertConfig config = adapter.config();
    if (config != null) {
      console.note(
          "adapter: tunes %d routed experts in %d layers%s"
              .formatted(
                  config.count(),
                  config.experts().size(),
                  config.shared() ? ", and the shared experts of every layer" : ""));
      console.note(
          "needs: %d slots, %s"
              .formatted(
                  adapter.slots(),
                  adapter.bytes() == 0
                      ? "bytes not known without weights or --base"
                      : ByteText.of(adapter.bytes())));
    }
    if (!adapter.skipped().isEmpty()) {
      console.note("skipped: " + console.printable(adapter.skipped()));
    }
    if (adapter.misfit() != null) {
      console.note("does not fit: " + adapter.misfit());
    } else if (base != null && config != null) {
      fits(base, adapter.slots());
    }
    verdict(adapter.violations());
  }

  /** Says whether this machine's memory holds a base, and beside it an adapter of so many slots. */
  private void fits(ModelShape base, int slots) {
    try {
      MemoryPlan plan = MemoryPlan.of(RuntimeConfig.defaults(), base);
      console.note(
          "%s: with %s (%s) there are %d slots for adapters beside the base"
              .formatted(
                  slots <= plan.adapterSlots() ? "fits this machine" : "does not fit this machine",
                  ByteText.of(plan.budget()),
                  plan.source(),
                  plan.adapterSlots()));
    } catch (IllegalArgumentException e) {
      console.note("does not fit this machine: " + e.getMessage());
    }
  }

  private void verdict(List<Violation> violations) {
    if (!violations.isEmpty()) {
      console.note("cannot be served: " + Violations.counted(violations.size()));
    }
  }
}
