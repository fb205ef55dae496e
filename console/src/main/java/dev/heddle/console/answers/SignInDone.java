package dev.heddle.console.answers;

import org.jspecify.annotations.Nullable;

/** A sign-in that has ended well, and where to go on. */
public record SignInDone(@Nullable String next) {}
