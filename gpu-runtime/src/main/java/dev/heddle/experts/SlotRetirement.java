package dev.heddle.experts;

/**
 * Slots on their way from their last reference to being free again: a slot waits for the last step
 * that can have seen it, then a loader clears it. Step thread only.
 */
final class SlotRetirement {
  private static final int PAUSE_LOG_MAX = 10;

  private final BackgroundLoader loader;
  private final ExpertSlotPool pool;

  /** Ring of slots in order of retirement, and the step each waits for. */
  private final int[] slots;

  private final long[] steps;
  private int head;
  private int waiting;

  private final int[] clearing;
  private int clearingCount;

  /** How often in a row the loader failed, and settlings until it is asked again; 0 for not. */
  private int failures;

  private int pause;

  SlotRetirement(ExpertSlotPool pool, BackgroundLoader loader) {
    this.pool = pool;
    this.loader = loader;
    slots = new int[pool.total()];
    steps = new long[pool.total()];
    clearing = new int[pool.total()];
  }

  /** The slot was in the map when step {@code lastStep} started, and is in no later one. */
  void add(int slot, long lastStep) {
    int tail = (head + waiting) % slots.length;
    slots[tail] = slot;
    steps[tail] = lastStep;
    waiting++;
  }

  /** Has slots cleared whose last step has finished; one clearing at a time. */
  void settle(long finishedSteps) {
    if (clearingCount > 0) {
      if (pause > 0 && --pause == 0) {
        loader.clear(clearing, clearingCount);
      }
      return;
    }
    while (waiting > 0 && steps[head] <= finishedSteps) {
      clearing[clearingCount++] = slots[head];
      head = (head + 1) % slots.length;
      waiting--;
    }
    if (clearingCount > 0) {
      loader.clear(clearing, clearingCount);
    }
  }

  /** The loader could not clear the slots: it is asked again, after twice as long each time. */
  void notCleared() {
    pause = 1 << Math.min(failures, PAUSE_LOG_MAX);
    failures++;
  }

  void cleared() {
    failures = 0;
    for (int i = 0; i < clearingCount; i++) {
      pool.free(clearing[i]);
    }
    clearingCount = 0;
  }

  /** Slots that are here; equals {@link ExpertSlotPool#retired}. */
  int count() {
    return waiting + clearingCount;
  }
}
