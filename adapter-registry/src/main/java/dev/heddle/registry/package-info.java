/** The registry's own words: its errors, its ids, who acts, and pages of lists. */
@NullMarked
package dev.heddle.registry;

import org.jspecify.annotations.NullMarked;
