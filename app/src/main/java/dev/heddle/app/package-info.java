/**
 * The platform's start: one command that serves, the others handed to the engine's command line.
 */
@NullMarked
package dev.heddle.app;

import org.jspecify.annotations.NullMarked;
