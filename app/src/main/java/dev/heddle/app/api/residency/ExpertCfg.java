package dev.heddle.app.api.residency;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Map;

/**
 * An {@code expert_cfg.json}, as ESFT writes it; here for the document alone, since the file's own
 * reader reads it.
 *
 * @param experts layer to its tuned routed experts
 * @param sharedExperts whether the shared experts of every MoE layer are tuned
 * @param nonExpertModules whether anything else is tuned, which cannot be served
 */
@Schema(requiredProperties = {"experts", "shared_experts", "non_expert_modules"})
record ExpertCfg(
    Map<String, List<Integer>> experts, boolean sharedExperts, boolean nonExpertModules) {}
