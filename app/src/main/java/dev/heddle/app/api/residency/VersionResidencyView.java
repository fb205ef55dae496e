package dev.heddle.app.api.residency;

import org.jspecify.annotations.Nullable;

/**
 * A version, and whether it is in the slots.
 *
 * @param name as callers name it, {@code adapter@number}
 * @param resident null while it is not
 */
record VersionResidencyView(String name, String digest, @Nullable ResidentVersionView resident) {}
