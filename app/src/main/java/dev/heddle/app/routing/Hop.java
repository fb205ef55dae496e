package dev.heddle.app.routing;

import dev.heddle.registry.replica.Replica;
import org.jspecify.annotations.Nullable;

/**
 * Where a request goes on to.
 *
 * @param target another replica, which has an address
 * @param stickyKey that the choice of a version was made with, so that it is made alike there; null
 *     if the request has one of its own
 */
public record Hop(Replica target, @Nullable String stickyKey) {}
