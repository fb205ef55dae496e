/** Sign-in at a provider of OpenID Connect: the way there and back, and what its word opens. */
@NullMarked
package dev.heddle.app.oidc;

import org.jspecify.annotations.NullMarked;
