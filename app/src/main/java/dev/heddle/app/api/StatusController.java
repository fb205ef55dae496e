package dev.heddle.app.api;

import dev.heddle.app.serving.ServedModel;
import dev.heddle.experts.ResidencyStats;
import dev.heddle.registry.access.BaseModel;
import dev.heddle.runtime.InferenceRuntime;
import dev.heddle.runtime.MemoryPlan;
import dev.heddle.runtime.RuntimeStats;
import java.time.Duration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code GET /api/v1/status}: the memory plan, what the engine does, what is resident. */
@RestController
final class StatusController {
  private final InferenceRuntime runtime;
  private final ServedModel served;
  private final BaseModel base;

  StatusController(InferenceRuntime runtime, ServedModel served, BaseModel base) {
    this.runtime = runtime;
    this.served = served;
    this.base = base;
  }

  /** Reads counters only: never waits. */
  @GetMapping("/api/v1/status")
  Mono<ObjectNode> status() {
    ObjectNode body = Views.object();
    body.putObject("model")
        .put("name", served.name())
        .put("digest", base.digest().qualified())
        .put("max_context", served.maxContext())
        .put("backend", runtime.backend());
    body.set("memory_plan", plan(runtime.memoryPlan()));
    body.set("runtime", stats(runtime.stats()));
    body.set("residency", residency(runtime.residency()));
    return Mono.just(body);
  }

  private static ObjectNode plan(MemoryPlan plan) {
    return Views.object()
        .put("budget_bytes", plan.budget())
        .put("budget_source", plan.source().strip())
        .put("weight_bytes", plan.weights())
        .put("slot_bytes", plan.slotBytes())
        .put("base_slots", plan.baseSlots())
        .put("adapter_slots", plan.adapterSlots())
        .put("kv_token_bytes", plan.kvTokenBytes())
        .put("kv_block_tokens", plan.blockTokens())
        .put("kv_blocks", plan.kvBlocks())
        .put("kv_tokens", plan.kvTokens())
        .put("workspace_bytes", plan.workspace())
        .put("heap_bytes", plan.heap())
        .put("total_bytes", plan.total());
  }

  private static ObjectNode stats(RuntimeStats stats) {
    return Views.object()
        .put("queue_depth", stats.queueDepth())
        .put("running", stats.running())
        .put("preempted", stats.preempted())
        .put("kv_blocks", stats.kvBlocks())
        .put("kv_blocks_used", stats.kvBlocksUsed())
        .put("kv_blocks_free", stats.kvBlocksFree())
        .put("kv_blocks_cached", stats.kvBlocksCached())
        .put("slots", stats.slots())
        .put("slots_used", stats.slotsUsed())
        .put("resident_adapters", stats.residentAdapters())
        .put("prefix_hit_tokens", stats.prefixHitTokens())
        .put("preemptions", stats.preemptions())
        .put("steps", stats.steps())
        .put("tokens_prefilled", stats.tokensPrefilled())
        .put("tokens_decoded", stats.tokensDecoded());
  }

  private static ObjectNode residency(ResidencyStats stats) {
    ObjectNode body =
        Views.object()
            .put("slots", stats.slots())
            .put("slots_free", stats.freeSlots())
            .put("loads", stats.loads())
            .put("failures", stats.failures())
            .put("evictions", stats.evictions());
    ArrayNode residents = body.putArray("residents");
    for (ResidencyStats.Resident resident : stats.residents()) {
      residents
          .addObject()
          .put("digest", resident.adapter().qualified())
          .put("own_slots", resident.ownSlots())
          .put("shared_slots", resident.sharedSlots())
          .put("resident_seconds", seconds(resident.residentFor()))
          .put("idle_seconds", seconds(resident.idleFor()))
          .put("leases", resident.leases())
          .put("loads", resident.loads())
          .put("hits", resident.hits())
          .put("pinned", resident.pinned());
    }
    ArrayNode waiting = body.putArray("waiting");
    for (ResidencyStats.Waiting wait : stats.waiting()) {
      waiting
          .addObject()
          .put("digest", wait.adapter().qualified())
          .put("waited_seconds", seconds(wait.waited()))
          .put("stage", wait.stage());
    }
    return body;
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }
}
