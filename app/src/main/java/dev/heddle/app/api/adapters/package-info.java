/** Adapters and their versions, and what their names mean. */
@NullMarked
package dev.heddle.app.api.adapters;

import org.jspecify.annotations.NullMarked;
