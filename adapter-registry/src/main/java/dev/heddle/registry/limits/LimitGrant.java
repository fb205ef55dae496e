package dev.heddle.registry.limits;

import java.util.UUID;

/**
 * What a process got.
 *
 * @param granted beside what it kept
 * @param remaining what can still be taken; below 0 if more was used than the limit allows
 * @param others what other processes have
 * @param contended whether another process asked last for something that it did not get
 */
public record LimitGrant(
    UUID tenant,
    SharedLimit kind,
    long granted,
    double remaining,
    long others,
    boolean contended) {}
