/** What the engine holds and does now. */
@NullMarked
package dev.heddle.app.api.residency;

import org.jspecify.annotations.NullMarked;
