/** What is on disk: the types that every reader of model and adapter folders shares. */
@NullMarked
package dev.heddle.format;

import org.jspecify.annotations.NullMarked;
