/**
 * Memory outside the Java heap: reserved once, committed as it is touched, given back on demand.
 */
@NullMarked
package dev.heddle.ops.memory;

import org.jspecify.annotations.NullMarked;
