package dev.heddle.it.faults;

import java.util.Random;

/** Something that goes wrong for a while. */
interface Fault {
  /** As the schedule prints it. */
  String name();

  /** Breaks it. */
  void begin(Place place) throws Exception;

  /** Mends it; what is to recover by itself begins to from here on. */
  void end(Place place) throws Exception;

  /** Whether it can be had on this machine. */
  default boolean isPossible(Place place) {
    return true;
  }

  /** Whether the platform itself goes, and its connections with it. */
  default boolean isDeath() {
    return false;
  }

  /** Draws what is not the same each time. */
  default void draw(Random random) {}
}
