/** Benchmarks of forms: what it costs to compile one, and a mask. */
@NullMarked
package dev.heddle.structured;

import org.jspecify.annotations.NullMarked;
