/** Sessions of browsers. */
@NullMarked
package dev.heddle.app.api.session;

import org.jspecify.annotations.NullMarked;
