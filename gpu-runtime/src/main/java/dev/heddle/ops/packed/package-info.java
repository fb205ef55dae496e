/** A base model's packed weights in a file, so that another start need not pack them again. */
@NullMarked
package dev.heddle.ops.packed;

import org.jspecify.annotations.NullMarked;
