/** Checkpoints and adapters for tests, of this module and of others. */
@NullMarked
package dev.heddle.format.testing;

import org.jspecify.annotations.NullMarked;
