package dev.heddle.experts;

import dev.heddle.format.Digest;
import org.jspecify.annotations.Nullable;

/**
 * {@link RoutingStats} of one adapter, added up over layers and columns.
 *
 * @param adapter null for the base
 * @param hits tokens sent to routed columns, one for each layer and pick
 * @param tunedHits those that met a tuned expert
 */
public record RoutingTotals(@Nullable Digest adapter, long hits, long tunedHits) {}
