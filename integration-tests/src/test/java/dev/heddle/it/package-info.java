/** The whole platform from outside, and the rules of its architecture. */
@NullMarked
package dev.heddle.it;

import org.jspecify.annotations.NullMarked;
