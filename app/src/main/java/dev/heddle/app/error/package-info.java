/**
 * What can go wrong over HTTP: stable codes, and one place that writes them in either surface's
 * shape.
 */
@NullMarked
package dev.heddle.app.error;

import org.jspecify.annotations.NullMarked;
