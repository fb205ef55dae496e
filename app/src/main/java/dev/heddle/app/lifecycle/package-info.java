/** How the server stops. */
@NullMarked
package dev.heddle.app.lifecycle;

import org.jspecify.annotations.NullMarked;
