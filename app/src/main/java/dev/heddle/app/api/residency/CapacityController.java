package dev.heddle.app.api.residency;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import dev.heddle.app.request.JsonBody;
import dev.heddle.app.tenant.Caller;
import dev.heddle.app.tenant.Requires;
import dev.heddle.experts.LoadPreview;
import dev.heddle.format.Digest;
import dev.heddle.format.FormatException;
import dev.heddle.format.Violations;
import dev.heddle.format.adapter.BaseExperts;
import dev.heddle.format.adapter.ExpertPlan;
import dev.heddle.registry.access.Principal;
import dev.heddle.registry.access.Scope;
import dev.heddle.registry.residency.Holder;
import dev.heddle.registry.residency.Pins;
import dev.heddle.runtime.InferenceRuntime;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;

/** What an adapter would cost, before any of it is uploaded. */
@RestController
@Requires(Scope.ADAPTERS)
@Tag(name = "Residency")
final class CapacityController {
  private final InferenceRuntime runtime;
  private final Pins pins;

  CapacityController(InferenceRuntime runtime, Pins pins) {
    this.runtime = runtime;
    this.pins = pins;
  }

  @Operation(
      summary =
          "Preview from an expert_cfg.json which slots an adapter needs and what its load"
              + " would evict now. Nothing is loaded.",
      requestBody =
          @io.swagger.v3.oas.annotations.parameters.RequestBody(
              required = true,
              content = @Content(schema = @Schema(implementation = ExpertCfg.class))))
  @PostMapping(path = "/api/v1/capacity:preview", consumes = MediaType.APPLICATION_JSON_VALUE)
  CapacityView preview(@RequestBody byte[] body, ServerWebExchange exchange) {
    ExpertPlan plan = plan(body);
    LoadPreview preview = Waits.forAnswer(runtime.previewLoad(plan.experts()));
    List<Digest> leaving = preview.evictions().stream().map(LoadPreview.Leaving::adapter).toList();
    Principal caller = Caller.of(exchange);
    Map<Digest, List<Holder>> shown =
        pins.holders(leaving).stream()
            .filter(
                holder -> caller.may(Scope.ADMIN) || holder.tenantId().equals(caller.tenantId()))
            .collect(Collectors.groupingBy(Holder::digest));
    return CapacityView.of(plan, preview, runtime.memoryPlan(), shown);
  }

  private ExpertPlan plan(byte[] body) {
    try {
      return JsonBody.parse(body, tree -> ExpertPlan.of(tree, BaseExperts.of(runtime.shape())));
    } catch (FormatException e) {
      throw new ApiException(
          ErrorCode.INVALID_ADAPTER,
          "No adapter of this base model can have this configuration: "
              + Violations.counted(e.violations().size())
              + ".",
          e.violations());
    }
  }
}
