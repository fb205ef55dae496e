/** How lines of the log are written. */
@NullMarked
package dev.heddle.app.log;

import org.jspecify.annotations.NullMarked;
