/** Removes from the expert store what no version needs any more. */
@NullMarked
package dev.heddle.registry.garbage;

import org.jspecify.annotations.NullMarked;
