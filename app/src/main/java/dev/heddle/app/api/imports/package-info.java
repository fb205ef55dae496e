/** Versions whose files Heddle fetches itself. */
@NullMarked
package dev.heddle.app.api.imports;

import org.jspecify.annotations.NullMarked;
