/** Requests that are sent again: which run, and what the earlier ones came to. */
@NullMarked
package dev.heddle.registry.idempotency;

import org.jspecify.annotations.NullMarked;
