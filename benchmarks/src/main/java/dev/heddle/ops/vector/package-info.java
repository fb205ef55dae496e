/**
 * Benchmarks of the vector backend's operations; in its package, as its parts are nobody else's.
 */
@NullMarked
package dev.heddle.ops.vector;

import org.jspecify.annotations.NullMarked;
