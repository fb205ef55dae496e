package dev.heddle.app.api.session;

import org.jspecify.annotations.Nullable;

/**
 * How people can sign in.
 *
 * @param oidc name of the provider of OpenID Connect, null if none is set
 */
record SignInView(@Nullable String oidc) {}
