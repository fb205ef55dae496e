/**
 * Before the platform starts: what is cheap to check is checked, all of it, and whatever keeps it
 * from starting is told in one paragraph.
 */
@NullMarked
package dev.heddle.app.start;

import org.jspecify.annotations.NullMarked;
