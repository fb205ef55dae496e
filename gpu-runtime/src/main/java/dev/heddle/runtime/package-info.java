/** The engine's facade: requests in, tokens out, one thread that owns all state. */
@NullMarked
package dev.heddle.runtime;

import org.jspecify.annotations.NullMarked;
