package dev.heddle.app.api.residency;

import dev.heddle.app.tenant.Requires;
import dev.heddle.experts.ResidencyStats;
import dev.heddle.format.Digest;
import dev.heddle.registry.access.Scope;
import dev.heddle.registry.residency.Holder;
import dev.heddle.registry.residency.Pins;
import dev.heddle.registry.store.HostCache;
import dev.heddle.runtime.InferenceRuntime;
import dev.heddle.runtime.MemoryPlan;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What sits in the slots, for the operator. */
@RestController
@Requires(Scope.ADMIN)
@Tag(name = "Residency")
final class ResidencyController {
  private final InferenceRuntime runtime;
  private final Pins pins;
  private final HostCache cache;

  ResidencyController(InferenceRuntime runtime, Pins pins, HostCache cache) {
    this.runtime = runtime;
    this.pins = pins;
    this.cache = cache;
  }

  @Operation(
      summary = "Show which adapters are resident, whose they are, and which wait for slots.")
  @GetMapping("/api/v1/residency")
  ResidencyView residency() {
    ResidencyStats stats = runtime.residency();
    MemoryPlan memory = runtime.memoryPlan();
    Set<Digest> digests = new HashSet<>();
    stats.residents().forEach(resident -> digests.add(resident.adapter()));
    stats.waiting().forEach(waiting -> digests.add(waiting.adapter()));
    Map<Digest, List<Holder>> holders =
        pins.holders(digests).stream().collect(Collectors.groupingBy(Holder::digest));
    ResidencyView.OtherwiseView otherwise =
        ResidencyView.OtherwiseView.of(
            stats.residents().size(), runtime.slots().widest(), runtime.shape(), memory);
    return ResidencyView.of(
        stats, memory.slotBytes(), holders, pins.list(), cache.stats(), otherwise);
  }

  @Operation(summary = "Show each slot in use: its layer and expert, and the adapters that use it.")
  @GetMapping("/api/v1/residency/slots")
  SlotsView slots() {
    return SlotsView.of(runtime.memoryPlan().adapterSlots(), runtime.slots());
  }
}
