/** The operations a backend provides, and the choice of one. */
@NullMarked
package dev.heddle.ops;

import org.jspecify.annotations.NullMarked;
