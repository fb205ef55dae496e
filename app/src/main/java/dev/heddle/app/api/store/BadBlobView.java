package dev.heddle.app.api.store;

import dev.heddle.registry.scrub.StoreScrub;
import java.util.List;
import java.util.Locale;

/**
 * A blob that cannot be read.
 *
 * @param kind {@code expert}, {@code manifest} or {@code document}
 * @param problem {@code damaged}: found so now, and set aside; {@code missing}, as after that; or
 *     {@code unreadable}
 * @param versions that need it, as {@code TENANT/NAME@NUMBER}; the first 16 by name
 */
record BadBlobView(String kind, String digest, String problem, List<String> versions) {
  static BadBlobView of(StoreScrub.BadBlob blob) {
    return new BadBlobView(
        blob.kind().name().toLowerCase(Locale.ROOT),
        blob.digest().qualified(),
        blob.problem(),
        blob.versions());
  }
}
