package dev.heddle.console.answers;

/** Where a browser goes to sign in. */
public record SignInBegun(String address) {}
