/** Limits of tenants that the processes of a fleet hold together. */
@NullMarked
package dev.heddle.registry.limits;

import org.jspecify.annotations.NullMarked;
