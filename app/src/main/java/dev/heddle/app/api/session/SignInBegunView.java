package dev.heddle.app.api.session;

import java.net.URI;

/**
 * A sign-in that has begun.
 *
 * @param address the provider's page, where the browser goes
 */
record SignInBegunView(URI address) {}
