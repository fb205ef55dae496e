package dev.heddle.app.serving;

import dev.heddle.format.Digest;
import org.jspecify.annotations.Nullable;

/**
 * What a model name means for its caller, at one moment.
 *
 * @param version name@number of the version that answers, or the base model's name
 * @param adapter null for the base model
 */
public record ResolvedModel(String version, @Nullable Digest adapter) {
  boolean isBase() {
    return adapter == null;
  }
}
