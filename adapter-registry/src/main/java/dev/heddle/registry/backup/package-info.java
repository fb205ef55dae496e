/** Copies of the registry and its blobs, and what of the two does not fit together. */
@NullMarked
package dev.heddle.registry.backup;

import org.jspecify.annotations.NullMarked;
