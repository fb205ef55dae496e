package dev.heddle.app.serving;

import dev.heddle.registry.access.Principal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What model names mean to a caller; answers from memory. */
public interface ModelDirectory {
  /**
   * A name that can be called.
   *
   * @param created seconds since the epoch
   * @param ownedBy tenant, or {@code heddle} for the base model
   * @param version what would answer, as {@link ResolvedModel#version}
   * @param isBase whether it is the base model itself
   */
  record Listed(String id, long created, String ownedBy, String version, boolean isBase) {}

  /** What the name means now; null for what is absent and for what the caller may not know of. */
  @Nullable ResolvedModel resolve(Principal caller, String name);

  /** Every name that the caller can call, the base model first. */
  List<Listed> list(Principal caller);
}
