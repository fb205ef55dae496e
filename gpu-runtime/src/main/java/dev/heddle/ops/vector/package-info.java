/** The SIMD backend (Vector API). */
@NullMarked
package dev.heddle.ops.vector;

import org.jspecify.annotations.NullMarked;
