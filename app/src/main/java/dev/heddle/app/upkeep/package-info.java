/**
 * Commands that need no running platform: they look at what one keeps, copy it, put a copy back,
 * and bring a model to where one finds it.
 */
@NullMarked
package dev.heddle.app.upkeep;

import org.jspecify.annotations.NullMarked;
