/** The engine from a shell. */
@NullMarked
package dev.heddle.cli;

import org.jspecify.annotations.NullMarked;
