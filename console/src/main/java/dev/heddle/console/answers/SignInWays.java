package dev.heddle.console.answers;

import org.jspecify.annotations.Nullable;

/** How people can sign in; null where no provider is set. */
public record SignInWays(@Nullable String oidc) {}
