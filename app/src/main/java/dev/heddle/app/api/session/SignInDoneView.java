package dev.heddle.app.api.session;

import com.fasterxml.jackson.annotation.JsonUnwrapped;

/**
 * A session that began at a provider.
 *
 * @param next what the sign-in was begun with
 */
record SignInDoneView(@JsonUnwrapped SessionView about, String next) {}
