/** Finds damaged blobs of the expert store, and says which versions need them. */
@NullMarked
package dev.heddle.registry.scrub;

import org.jspecify.annotations.NullMarked;
