package dev.heddle.schedule;

/** Says whether the weights that a request needs are resident. */
@FunctionalInterface
public interface AdmissionGate {
  /** What {@link #enter} found. */
  enum Answer {
    /** The weights are there, and are held for the group until it ends. */
    HELD,
    /** Not yet: the group stays in the queue, and others may pass it. */
    WAIT,
    /** Never: the group leaves the queue and has ended. */
    REFUSED
  }

  /**
   * Takes the weights for the group whose turn it is. Called again, after HELD too, until there is
   * room for all else the group needs. Step thread, cheap.
   */
  Answer enter(SequenceGroup group);
}
