/** Settings, and how the parts are put together. */
@NullMarked
package dev.heddle.app.config;

import org.jspecify.annotations.NullMarked;
