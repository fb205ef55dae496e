/**
 * Faults of what a platform stands on, drawn by a seed, and what has to hold whatever they do.
 *
 * <p>{@link dev.heddle.it.faults.Schedule} draws {@link dev.heddle.it.faults.Fault}s; each breaks
 * something of a {@link dev.heddle.it.faults.Place} and mends it. Meanwhile {@link
 * dev.heddle.it.faults.Traffic} works, and {@link dev.heddle.it.faults.Invariants} says what must
 * be true.
 */
package dev.heddle.it.faults;
