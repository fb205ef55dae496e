package dev.heddle.app.serving;

import java.time.Duration;

/**
 * What the endpoints are told by configuration.
 *
 * @param bodyLimitBytes most bytes of a request
 * @param maxChoices most answers of a request
 * @param keepAlive after how much silence a stream gets a comment
 * @param drainWait how long a server that stops waits for its answers to end
 * @param linger how long it takes requests before that, while a balancer may still send some
 */
public record ServingSettings(
    long bodyLimitBytes, int maxChoices, Duration keepAlive, Duration drainWait, Duration linger) {}
