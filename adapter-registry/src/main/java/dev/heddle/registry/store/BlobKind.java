package dev.heddle.registry.store;

import dev.heddle.format.Digest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a blob of the store is; each kind has a folder of its own, in it one for each first byte.
 */
public enum BlobKind {
  EXPERT("experts"),
  MANIFEST("manifests"),
  DOCUMENT("documents");

  private static final Pattern DIGEST = Pattern.compile("(?:.*/)?([0-9a-f]{64})");

  private final String folder;

  BlobKind(String folder) {
    this.folder = folder;
  }

  String folder() {
    return folder;
  }

  /** Where a blob lies, relative to the store: {@code experts/ab/DIGEST}. */
  String path(Digest digest) {
    return folder + "/" + digest.hex().substring(0, 2) + "/" + digest.hex();
  }

  /** The digest that a path ends with; null if it is no blob's. */
  static @Nullable Digest digest(String path) {
    Matcher matcher = DIGEST.matcher(path);
    return matcher.matches() ? new Digest(matcher.group(1)) : null;
  }
}
