package dev.heddle.tornado;

/** Where descriptors of tasks go: what a kernel works on, as ints in the int arena. */
interface Descriptors {
  /** Keeps a descriptor; returns its first int in the arena. */
  int add(int[] task);
}
