/** Jobs that score experts from sample data on the engine that serves. */
@NullMarked
package dev.heddle.app.scoring;

import org.jspecify.annotations.NullMarked;
