/** The fixed team of threads that executes the operations of a CPU backend. */
@NullMarked
package dev.heddle.ops.team;

import org.jspecify.annotations.NullMarked;
