package dev.heddle.ops.team;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A fixed number of threads, the caller's being one, that share out the items of one task at a
 * time. Items are claimed one by one, so a thread that is held up takes fewer. A dispatch allocates
 * nothing and costs about a microsecond while the workers are awake; a worker without work spins
 * for a moment and then parks.
 *
 * <p>One thread calls {@link #run}; what it wrote before is visible to the items, and what they
 * wrote is visible to it afterwards. An exception of an item is thrown by {@code run} once the
 * other items are done.
 */
public final class WorkerTeam implements AutoCloseable {
  /** What an item is, is the caller's business. */
  @FunctionalInterface
  public interface Task {
    /**
     * Works on one item.
     *
     * @param worker 0 to {@link WorkerTeam#size} - 1, for scratch memory: no other thread has it
     * @param item 0 to items - 1
     */
    void run(int worker, int item);
  }

  /** Items that one dispatch may have. */
  public static final int MAX_ITEMS = (1 << 20) - 1;

  private static final long SPIN_NANOS = 100_000;
  private static final int SPINS_BEFORE_YIELD = 2_000;

  /*
   * The dispatch in progress in one word: its number in the upper 24 bits, then 20 bits of items,
   * then 20 bits of the next item to claim. A claim is a compare-and-set of the whole word, so a
   * late worker cannot take an item of a dispatch other than the one it looked at.
   */
  private static final int ITEM_BITS = 20;
  private static final long ONE_DISPATCH = 1L << (2 * ITEM_BITS);
  private static final VarHandle DISPATCH = field("dispatch", long.class);
  private static final VarHandle DONE = field("done", int.class);
  private static final VarHandle FAILURE = field("failure", Throwable.class);

  private final Worker[] workers;
  private volatile long dispatch;
  private volatile int done;
  private volatile @Nullable Throwable failure;
  private volatile boolean closed;
  private @Nullable Task task; // published by the write of dispatch
  private boolean running; // the caller's thread only

  /**
   * @param threads how many work together, the caller included, &ge; 1
   */
  public WorkerTeam(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("a team needs a thread, not " + threads);
    }
    workers = new Worker[threads - 1];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(i + 1);
      workers[i].start();
    }
  }

  /** Threads, the caller's included. */
  public int size() {
    return workers.length + 1;
  }

  /** Runs items 0 to {@code items} - 1, in any order, on all threads; returns when all are done. */
  public void run(Task work, int items) {
    if (items < 0 || items > MAX_ITEMS || running || closed) {
      throw new IllegalStateException(
          "items " + items + ", inside a task " + running + ", closed " + closed);
    }
    running = true;
    try {
      if (items <= 1 || workers.length == 0) {
        for (int item = 0; item < items; item++) {
          work.run(0, item);
        }
      } else {
        share(work, items);
      }
    } finally {
      running = false;
    }
  }

  private void share(Task work, int items) {
    task = work;
    failure = null;
    done = 0;
    long number = (dispatch & -ONE_DISPATCH) + ONE_DISPATCH;
    dispatch = number | (long) items << ITEM_BITS;
    for (Worker worker : workers) {
      worker.wake();
    }
    while (claimAndRun(0)) {}
    awaitItems(items);
    task = null;
    Throwable thrown = failure;
    if (thrown != null) {
      WorkerTeam.<RuntimeException>rethrow(thrown);
    }
  }

  // Yielding is right here: after this long the missing worker has no processor, so offer ours.
  @SuppressWarnings("ThreadPriorityCheck")
  private void awaitItems(int items) {
    for (int spins = 0; done != items; spins++) {
      if (spins < SPINS_BEFORE_YIELD) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    }
  }

  /** Takes one item and runs it; false if there is none. */
  private boolean claimAndRun(int worker) {
    long seen = dispatch;
    int next = (int) (seen & MAX_ITEMS);
    if (next >= (int) (seen >>> ITEM_BITS & MAX_ITEMS)) {
      return false;
    }
    Task work = task;
    if (DISPATCH.compareAndSet(this, seen, seen + 1) && work != null) {
      try {
        work.run(worker, next);
      } catch (Throwable e) {
        FAILURE.compareAndSet(this, null, e);
      } finally {
        DONE.getAndAdd(this, 1);
      }
    }
    return true;
  }

  private boolean hasWork() {
    long seen = dispatch;
    return (seen & MAX_ITEMS) < (seen >>> ITEM_BITS & MAX_ITEMS);
  }

  /** Ends the threads; not while {@link #run} runs. */
  @Override
  public void close() {
    closed = true;
    for (Worker worker : workers) {
      LockSupport.unpark(worker);
    }
    for (Worker worker : workers) {
      boolean interrupted = false;
      while (worker.isAlive()) {
        try {
          worker.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private final class Worker extends Thread {
    private final int number;
    private volatile boolean asleep;

    Worker(int number) {
      super("heddle-worker-" + number);
      this.number = number;
      setDaemon(true);
    }

    @Override
    public void run() {
      while (!closed) {
        if (!claimAndRun(number)) {
          await();
        }
      }
    }

    private void await() {
      long start = System.nanoTime();
      while (!hasWork() && !closed) {
        if (System.nanoTime() - start < SPIN_NANOS) {
          Thread.onSpinWait();
        } else {
          asleep = true; // then look again: the caller publishes first and looks here second
          if (!hasWork() && !closed) {
            LockSupport.park(this);
          }
          asleep = false;
        }
      }
    }

    void wake() {
      if (asleep) {
        LockSupport.unpark(this);
      }
    }
  }

  /** A task declares no checked exception, so an unchecked throw of the same object is honest. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Throwable> void rethrow(Throwable thrown) throws E {
    throw (E) thrown;
  }

  private static VarHandle field(String name, Class<?> type) {
    try {
      return MethodHandles.lookup().findVarHandle(WorkerTeam.class, name, type);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
