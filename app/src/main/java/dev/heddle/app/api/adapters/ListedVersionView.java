package dev.heddle.app.api.adapters;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.heddle.app.api.residency.ResidentVersionView;
import org.jspecify.annotations.Nullable;

/**
 * A version in a list.
 *
 * @param resident null while its experts are not in the slots
 */
record ListedVersionView(
    @JsonUnwrapped VersionView version, @Nullable ResidentVersionView resident) {}
