package dev.heddle.format.adapter;

import dev.heddle.format.Violations;
import dev.heddle.format.adapter.ExpertTensors.ExpertSize;
import dev.heddle.format.safetensors.Checkpoint;
import dev.heddle.format.safetensors.TensorInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Accounts for every tensor of an adapter: each listed expert has its own, and there are no others.
 */
final class TensorCheck {
  private static final List<String> MATRICES = List.of("gate", "up", "down");

  private final ExpertConfig config;
  private final Checkpoint checkpoint;
  private final ExpertSize size;
  private final @Nullable BaseExperts base;
  private final Violations violations;

  TensorCheck(
      ExpertConfig config,
      Checkpoint checkpoint,
      ExpertSize size,
      @Nullable BaseExperts base,
      Violations violations) {
    this.config = config;
    this.checkpoint = checkpoint;
    this.size = size;
    this.base = base;
    this.violations = violations;
  }

  /** Checks everything. */
  ExpertTensors run() {
    // An adapter of another base has this said first, ahead of many faults of its tensors.
    Map<Integer, List<Integer>> routed = new TreeMap<>();
    config
        .experts()
        .forEach((layer, experts) ->
            routed.put(layer, BaseCheck.routed(base, layer, experts, violations)));
    ExpertTensors tensors = new ExpertTensors(checkpoint, size);
    for (String name : checkpoint.names()) {
      account(name, tensors);
    }
    List<TensorInfo> sound = new ArrayList<>();
    routed.forEach(
        (layer, experts) -> experts.forEach(expert -> checkParts(layer, expert, tensors, sound)));
    if (config.shared()) {
      checkShared(tensors, sound);
    }
    checkFinite(sound);
    return tensors;
  }

  /** Puts a tensor where it belongs, if it belongs anywhere. */
  private void account(String name, ExpertTensors tensors) {
    ExpertPart part = ExpertPart.parse(name);
    if (part == null) {
      if (!config.nonExpertModules()) {
        violations.add("unknown-tensor", name, "it is not a matrix of a routed or shared expert");
      }
      return;
    }
    TensorInfo same = tensors.add(part, checkpoint.find(name).orElseThrow());
    if (same != null) {
      violations.add("duplicate-tensor", name, "it is the same tensor as " + same.name());
    } else if (part.expert() == ExpertPart.SHARED) {
      if (!config.shared()) {
        violations.add(
            "unlisted-shared-experts", name, "but shared_experts is false in expert_cfg.json");
      } else if (!BaseCheck.isMoe(base, part.layer())) {
        violations.add("not-moe-layer", name, "layer " + part.layer() + " has no experts");
      }
    } else if (!config.experts().getOrDefault(part.layer(), List.of()).contains(part.expert())) {
      violations.add("unlisted-expert", name, "expert_cfg.json does not list this expert");
    }
  }

  private void checkShared(ExpertTensors tensors, List<TensorInfo> sound) {
    if (!BaseCheck.hasShared(base, violations)) {
      return;
    }
    for (int layer : moeLayers()) {
      checkParts(layer, ExpertPart.SHARED, tensors, sound);
    }
  }

  /** The base's MoE layers; without a base, those that the adapter is about. */
  NavigableSet<Integer> moeLayers() {
    if (base != null) {
      return base.moeLayers();
    }
    NavigableSet<Integer> layers = new TreeSet<>(config.experts().keySet());
    for (String name : checkpoint.names()) {
      ExpertPart part = ExpertPart.parse(name);
      if (part != null) {
        layers.add(part.layer());
      }
    }
    return layers;
  }

  private void checkParts(int layer, int expert, ExpertTensors tensors, List<TensorInfo> sound) {
    for (String matrix : MATRICES) {
      ExpertPart part = new ExpertPart(layer, expert, matrix);
      TensorInfo tensor = tensors.find(part);
      if (tensor == null) {
        String tuned = expert == ExpertPart.SHARED ? "shared experts are" : "its expert is";
        violations.add(
            "missing-tensor", part.tensor(size.names()), tuned + " tuned, but it is not there");
      } else if (isSound(tensor, part)) {
        sound.add(tensor);
      }
    }
  }

  private boolean isSound(TensorInfo tensor, ExpertPart part) {
    String of = base == null ? "the adapter's other experts have " : "the base's has ";
    boolean shape = tensor.hasShape(size.shape(part));
    boolean dtype = tensor.type().weights().filter(size.dtype()::equals).isPresent();
    if (!shape) {
      violations.add(
          "wrong-shape",
          tensor.name(),
          "it has shape " + tensor.shape() + ", " + of + size.shape(part));
    }
    if (!dtype) {
      violations.add(
          "wrong-dtype", tensor.name(), "it is " + tensor.type() + ", " + of + size.dtype());
    }
    return shape && dtype;
  }

  private void checkFinite(List<TensorInfo> sound) {
    List<NonFinite> scans =
        sound.parallelStream()
            .map(tensor -> NonFinite.scan(checkpoint.data(tensor.name()), size.dtype()))
            .toList();
    for (int i = 0; i < scans.size(); i++) {
      NonFinite scan = scans.get(i);
      if (scan.count() > 0) {
        violations.add(
            "not-finite",
            sound.get(i).name(),
            scan.count() + " of its elements are NaN or infinite, the first is " + scan.first());
      }
    }
  }
}
