/** Base models: {@code config.json} read into a {@link dev.heddle.format.model.ModelShape}. */
@NullMarked
package dev.heddle.format.model;

import org.jspecify.annotations.NullMarked;
