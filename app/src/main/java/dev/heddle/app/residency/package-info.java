/** Keeps in the slots what pins, publishing and loads ahead of time ask for. */
@NullMarked
package dev.heddle.app.residency;

import org.jspecify.annotations.NullMarked;
