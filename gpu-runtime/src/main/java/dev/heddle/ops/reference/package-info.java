/** The scalar backend: obvious, and the oracle of every other one. */
@NullMarked
package dev.heddle.ops.reference;

import org.jspecify.annotations.NullMarked;
