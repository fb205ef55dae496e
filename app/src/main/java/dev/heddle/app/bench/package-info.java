/** What parts of the platform cost that the engine's own bench does not know. */
@NullMarked
package dev.heddle.app.bench;

import org.jspecify.annotations.NullMarked;
