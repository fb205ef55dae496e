package dev.heddle.registry.store;

import dev.heddle.format.Digest;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Digests whose blobs must not be removed, because somebody needs them or is about to. Taking a
 * hold waits while the blob is being removed, and a held blob is not removed. So look for the blob
 * after taking the hold: if it is there, it stays. Safe for any thread.
 */
final class Holds {
  /** Removes one blob. */
  interface Removal {
    /** Whether it was removed, and not kept after all. */
    boolean run() throws IOException;
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition removed = lock.newCondition();
  private final Map<Digest, Integer> held = new HashMap<>();
  private final Set<Digest> heldDuringCollection = new HashSet<>();
  private final Set<Digest> beingRemoved = new HashSet<>();
  private boolean collecting;

  /** Holds one digest until {@link #release}. */
  void hold(Digest digest) {
    lock.lock();
    try {
      while (beingRemoved.contains(digest)) {
        removed.awaitUninterruptibly();
      }
      held.merge(digest, 1, Integer::sum);
      if (collecting) {
        heldDuringCollection.add(digest);
      }
    } finally {
      lock.unlock();
    }
  }

  void release(Digest digest) {
    lock.lock();
    try {
      held.computeIfPresent(digest, (d, count) -> count == 1 ? null : count - 1);
    } finally {
      lock.unlock();
    }
  }

  /** Holds digests until the hold is closed. */
  ExpertStore.Hold holdAll(Collection<Digest> digests) {
    List<Digest> all = List.copyOf(digests);
    all.forEach(this::hold);
    AtomicBoolean closed = new AtomicBoolean();
    return () -> {
      if (closed.compareAndSet(false, true)) {
        all.forEach(this::release);
      }
    };
  }

  /** From here until {@link #endCollection} whatever is held once counts as held. */
  void beginCollection() {
    lock.lock();
    try {
      collecting = true;
      heldDuringCollection.addAll(held.keySet());
    } finally {
      lock.unlock();
    }
  }

  void endCollection() {
    lock.lock();
    try {
      collecting = false;
      heldDuringCollection.clear();
    } finally {
      lock.unlock();
    }
  }

  /** Removes a blob unless its digest is or was held during this collection. */
  boolean removeUnlessHeld(Digest digest, Removal removal) throws IOException {
    lock.lock();
    try {
      if (heldDuringCollection.contains(digest)) {
        return false;
      }
      beingRemoved.add(digest);
    } finally {
      lock.unlock();
    }
    try {
      return removal.run();
    } finally {
      lock.lock();
      try {
        beingRemoved.remove(digest);
        removed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }
}
