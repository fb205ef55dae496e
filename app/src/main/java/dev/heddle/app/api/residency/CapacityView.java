package dev.heddle.app.api.residency;

import dev.heddle.app.api.residency.ResidencyView.HolderView;
import dev.heddle.experts.LoadPreview;
import dev.heddle.format.Digest;
import dev.heddle.format.adapter.ExpertPlan;
import dev.heddle.registry.residency.Holder;
import dev.heddle.runtime.MemoryPlan;
import java.util.List;
import java.util.Map;

/**
 * What an adapter would need, and what its load would evict at this moment. Every tuned expert is
 * counted as new. After the upload, experts that equal the base's or another adapter's take no slot
 * of their own.
 *
 * @param fits whether it could be resident at all beside what is pinned
 * @param atOnce whether its load would get its slots now, without waiting for answers to end
 * @param slots that it needs
 * @param slotsTotal that adapters may use
 * @param slotsFree of these, free now
 * @param bytes of its experts
 * @param evictions who would leave for it, first to last
 * @param mergedBytes what a full model of its own, the adapter merged in, would take
 * @param mergedRatio how many times its bytes that is
 */
record CapacityView(
    boolean fits,
    boolean atOnce,
    int slots,
    int slotsTotal,
    int slotsFree,
    long bytes,
    List<LayerView> layers,
    EvictionsView evictions,
    long mergedBytes,
    double mergedRatio) {

  /** Tuned experts of one layer. */
  record LayerView(int layer, int routed, int shared) {}

  /** How many adapters would leave, what that frees, and which they are. */
  record EvictionsView(int adapters, int slots, List<EvictionView> leaving) {}

  /**
   * An adapter that would leave.
   *
   * @param slots what that frees
   * @param versions those of its names that the caller may know
   */
  record EvictionView(int slots, List<HolderView> versions) {}

  static CapacityView of(
      ExpertPlan plan, LoadPreview preview, MemoryPlan memory, Map<Digest, List<Holder>> shown) {
    long merged = memory.weights() + memory.baseExpertBytes();
    List<EvictionView> leaving =
        preview.evictions().stream().map(entry -> eviction(entry, shown)).toList();
    return new CapacityView(
        preview.possible(),
        preview.atOnce(),
        plan.experts(),
        preview.slots(),
        preview.available(),
        plan.bytes(),
        plan.layers().stream()
            .map(layer -> new LayerView(layer.layer(), layer.routed(), layer.shared()))
            .toList(),
        new EvictionsView(
            leaving.size(), leaving.stream().mapToInt(EvictionView::slots).sum(), leaving),
        merged,
        Math.round(100.0 * merged / plan.bytes()) / 100.0);
  }

  private static EvictionView eviction(
      LoadPreview.Leaving leaving, Map<Digest, List<Holder>> shown) {
    return new EvictionView(
        leaving.slots(),
        shown.getOrDefault(leaving.adapter(), List.of()).stream()
            .map(holder -> new HolderView(holder.tenant(), holder.version()))
            .toList());
  }
}
