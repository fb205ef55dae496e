/** How this process describes itself to the others of its fleet. */
@NullMarked
package dev.heddle.app.replica;

import org.jspecify.annotations.NullMarked;
