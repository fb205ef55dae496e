package dev.heddle.ops;

/**
 * A handle to the slots that experts sit in, all of one size, shared by every layer. A slot's pages
 * are committed when it is filled and given back when it is cleared.
 */
public interface ExpertPool {
  int slots();

  /** Bytes that one filled slot takes. */
  long slotBytes();
}
