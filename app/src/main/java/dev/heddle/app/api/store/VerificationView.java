package dev.heddle.app.api.store;

import dev.heddle.registry.scrub.StoreScrub;
import java.util.List;

/**
 * What a check of the expert store found.
 *
 * @param checked blobs that ready versions need
 * @param bytes that were read
 * @param damaged how many of the blobs cannot be read
 * @param blobs the first 100 of them
 */
record VerificationView(long checked, long bytes, long damaged, List<BadBlobView> blobs) {
  static VerificationView of(StoreScrub.Result run) {
    return new VerificationView(
        run.checked(),
        run.bytes(),
        run.damaged(),
        run.blobs().stream().map(BadBlobView::of).toList());
  }
}
