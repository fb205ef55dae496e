/** Who is calling: API keys checked against the in-memory snapshot. */
@NullMarked
package dev.heddle.app.tenant;

import org.jspecify.annotations.NullMarked;
