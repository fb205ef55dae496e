package dev.heddle.app.tenant;

import dev.heddle.registry.access.Principal;
import org.jspecify.annotations.Nullable;

/** Whose key it is; answers from memory, so that no request waits for a database. */
public interface KeyDirectory {
  /**
   * The caller that a key stands for; null if the key is malformed, unknown, expired or revoked.
   */
  @Nullable Principal find(String key);
}
