package dev.heddle.app.tenant;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which tenants there are; answers from memory. */
public interface TenantDirectory {
  /** The id of the tenant of this name, null if there is none. */
  @Nullable UUID find(String name);
}
