package dev.heddle.app.api.store;

import dev.heddle.app.tenant.Requires;
import dev.heddle.registry.access.Scope;
import dev.heddle.registry.garbage.GarbageCollector;
import dev.heddle.registry.scrub.StoreScrub;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** The expert store, for who runs the platform. */
@RestController
@Requires(Scope.ADMIN)
@Tag(name = "Operation")
final class StoreController {
  private final GarbageCollector garbage;
  private final StoreScrub scrub;

  StoreController(GarbageCollector garbage, StoreScrub scrub) {
    this.garbage = garbage;
    this.scrub = scrub;
  }

  @Operation(
      summary =
          "Read and check every blob that a ready version references, and wait for the"
              + " result.",
      description =
          "This also runs slowly in the background. A damaged blob is set aside. Versions"
              + " that reference it answer 503 until it is uploaded again with any version.")
  @PostMapping("/api/v1/expert-store:verify")
  VerificationView verify() {
    return VerificationView.of(scrub.verify());
  }

  @Operation(
      summary = "Delete the blobs that no version references, and wait for the result.",
      description =
          "This also runs periodically. It never deletes a blob that a ready version, a"
              + " version in validation, a running load or a running download needs.")
  @PostMapping("/api/v1/expert-store:collect")
  CollectionView collect() {
    return CollectionView.of(garbage.collect());
  }
}
