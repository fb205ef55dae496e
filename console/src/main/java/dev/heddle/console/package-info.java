/**
 * The console: pages that show what the platform's own API answers to the viewer. Knows of the
 * platform what any client knows.
 */
@NullMarked
package dev.heddle.console;

import org.jspecify.annotations.NullMarked;
