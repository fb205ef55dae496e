package dev.heddle.app.api.store;

import dev.heddle.registry.garbage.GarbageCollector;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** The expert store, for who runs the platform. */
@RestController
@Tag(name = "Operation")
final class StoreController {
  private final GarbageCollector garbage;

  StoreController(GarbageCollector garbage) {
    this.garbage = garbage;
  }

  @Operation(
      summary = "Remove the blobs that no version needs, and wait for the end of it.",
      description =
          "Happens by itself too. Never removes what a ready version, a version being validated or"
              + " a running load or download needs.")
  @PostMapping("/api/v1/expert-store:collect")
  CollectionView collect() {
    return CollectionView.of(garbage.collect());
  }
}
