/** Which replica answers a request, and how the request comes to it. */
@NullMarked
package dev.heddle.app.routing;

import org.jspecify.annotations.NullMarked;
