/** Health, metrics and the request log. */
@NullMarked
package dev.heddle.app.observability;

import org.jspecify.annotations.NullMarked;
