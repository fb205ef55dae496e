package dev.heddle.app.api.residency;

import dev.heddle.format.adapter.ExpertConfig;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An {@code expert_cfg.json}, as ESFT writes it. The file's own reader reads it where it comes in.
 *
 * @param experts layer to its tuned routed experts
 * @param sharedExperts whether the shared experts of every MoE layer are tuned
 * @param nonExpertModules whether anything else is tuned, which cannot be served
 */
@Schema(requiredProperties = {"experts", "shared_experts", "non_expert_modules"})
public record ExpertCfg(
    Map<String, List<Integer>> experts, boolean sharedExperts, boolean nonExpertModules) {

  /** A configuration as the file has it. */
  public static ExpertCfg of(ExpertConfig config) {
    Map<String, List<Integer>> experts = new LinkedHashMap<>();
    config.experts().forEach((layer, ids) -> experts.put(layer.toString(), ids));
    return new ExpertCfg(experts, config.shared(), config.nonExpertModules());
  }
}
