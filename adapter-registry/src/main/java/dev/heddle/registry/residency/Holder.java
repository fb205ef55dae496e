package dev.heddle.registry.residency;

import dev.heddle.format.Digest;
import java.util.UUID;

/**
 * A ready version that has a given adapter digest; several versions may have the same.
 *
 * @param tenant name of its owner
 * @param version as its owner names it, {@code adapter@number}
 * @param bytes logical size of its experts
 * @param pinned whether it is to stay resident
 */
public record Holder(
    Digest digest, UUID tenantId, String tenant, String version, long bytes, boolean pinned) {}
