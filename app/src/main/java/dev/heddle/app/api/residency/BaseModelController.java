package dev.heddle.app.api.residency;

import dev.heddle.app.serving.ServedModel;
import dev.heddle.app.tenant.AnyKey;
import dev.heddle.registry.access.BaseModel;
import dev.heddle.runtime.InferenceRuntime;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** What adapters are adapters of. */
@RestController
@AnyKey
@Tag(name = "Adapters")
final class BaseModelController {
  private final BaseModelView view;

  BaseModelController(InferenceRuntime runtime, ServedModel served, BaseModel base) {
    this.view = BaseModelView.of(served.name(), base, runtime.shape(), served.maxContext());
  }

  @Operation(summary = "Show the base model: its layers, and the experts that adapters may tune.")
  @GetMapping("/api/v1/base-model")
  Mono<BaseModelView> base() {
    return Mono.just(view);
  }
}
