/** The forward pass, written once against {@link dev.heddle.ops.Ops}. */
@NullMarked
package dev.heddle.model;

import org.jspecify.annotations.NullMarked;
