package dev.heddle.schedule;

/** Says whether the weights that a request needs are there. Called on the step thread. */
public interface AdmissionGate {
  /** What {@link #enter} found. */
  enum Answer {
    /** The weights are there and are held for the group until it ends. */
    ENTERED,
    /** Not yet: the group stays in the queue, and others may pass it. */
    WAIT,
    /** Never: the group leaves the queue and has ended. */
    REFUSED
  }

  /** Cheap: whether {@link #enter} would answer anything but WAIT. */
  boolean ready(SequenceGroup group);

  /** Takes the weights for a group that has everything else it needs. */
  Answer enter(SequenceGroup group);
}
