/** From a row of logits to a token. */
@NullMarked
package dev.heddle.sample;

import org.jspecify.annotations.NullMarked;
