package dev.heddle.registry.limits;

import java.util.UUID;

/**
 * What a process has of a limit, and what it asks for. Nothing in it is a difference to an earlier
 * claim, so one may be made again when nobody knows whether it came in.
 *
 * @param spent used since the process started
 * @param told of that, what a claim has said that came in
 * @param kept what it has and did not use, be it reserved for requests in flight; &ge; 0
 * @param need what requests wait for, &ge; 0
 * @param unit the most that one of them waits for; what is given is all of the need, or a multiple
 *     of this
 * @param extra what would be good to have ahead, &ge; 0
 */
public record LimitClaim(
    UUID tenant,
    SharedLimit kind,
    long spent,
    long told,
    long kept,
    long need,
    long unit,
    long extra) {}
