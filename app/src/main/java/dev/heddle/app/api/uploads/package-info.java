/** Versions' files on their way in. */
@NullMarked
package dev.heddle.app.api.uploads;

import org.jspecify.annotations.NullMarked;
