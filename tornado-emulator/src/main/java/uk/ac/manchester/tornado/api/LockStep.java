package uk.ac.manchester.tornado.api;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PrimitiveIterator;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import uk.ac.manchester.tornado.api.exceptions.TornadoRuntimeException;

/**
 * A group whose work-items wait for each other. Each has a thread, of which one at a time runs, in
 * turn, up to the next barrier; when all are there, the first goes on. So a run is repeatable, and
 * without a barrier a work-item does not see what those after it will write. The threads are
 * virtual, which change turns in under a microsecond, platform threads in four.
 */
final class LockStep implements WorkGroup {
  private final Launch launch;
  private final int[] items;
  private final int[] places;
  private final Thread[] threads;
  private final List<Object> shared = new ArrayList<>();
  private PrimitiveIterator.OfInt groups = IntStream.empty().iterator();
  private long sharedBytes;
  private int group;
  private int waiting;
  private int finished;
  private @Nullable Throwable failure;

  /** Whose turn it is; all other fields are touched by its thread alone. */
  private volatile int turn;

  private volatile boolean over;

  /**
   * A group that runs on threads.
   *
   * @param items the local indices, in the order of their turns
   */
  LockStep(Launch launch, int[] items) {
    this.launch = launch;
    this.items = items;
    places = new int[items.length];
    for (int place = 0; place < items.length; place++) {
      places[items[place]] = place;
    }
    threads = new Thread[items.length];
    Arrays.setAll(threads, place -> Thread.ofVirtual().unstarted(() -> work(place)));
  }

  /** Runs a group and those after it. */
  void run(int first, PrimitiveIterator.OfInt others) {
    group = first;
    groups = others;
    for (Thread thread : threads) {
      thread.start();
    }
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    switch (failure) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(failure);
    }
  }

  private void work(int place) {
    try {
      await(place);
      while (true) {
        launch.call(this, group, items[place]);
        finished++;
        pass(place);
        await(place);
      }
    } catch (Over e) {
      // The groups have all run, or another work-item has failed.
    } catch (Throwable e) {
      stop(e);
    }
  }

  @Override
  public void barrier(int localIdx) {
    int place = places[localIdx];
    waiting++;
    pass(place);
    await(place);
  }

  @Override
  public <T> T share(int ordinal, Class<T> type, int size) {
    if (ordinal == shared.size()) {
      sharedBytes += (long) size * Integer.BYTES;
      if (sharedBytes > Launch.DEVICE.getDeviceLocalMemorySize()) {
        throw new TornadoRuntimeException(sharedBytes + " bytes of local memory");
      }
      shared.add(Garbage.local(type, size));
    }
    Object array = shared.get(ordinal);
    if (!type.isInstance(array) || Array.getLength(array) != size) {
      throw new TornadoRuntimeException("work-items of a group allocate different local arrays");
    }
    return type.cast(array);
  }

  private void pass(int place) {
    if (place + 1 < items.length) {
      give(place + 1);
      return;
    }
    if (finished == items.length) {
      if (!groups.hasNext()) {
        stop(null);
        return;
      }
      group = groups.nextInt();
      finished = 0;
      shared.clear();
      sharedBytes = 0;
    } else if (waiting < items.length) {
      stop(
          launch.failure(
              group,
              items[place],
              new TornadoRuntimeException(
                  waiting + " wait at a barrier, " + finished + " have finished")));
      return;
    }
    waiting = 0;
    give(0);
  }

  private void give(int place) {
    turn = place;
    LockSupport.unpark(threads[place]);
  }

  private void await(int place) {
    while (turn != place && !over) {
      LockSupport.park(this);
    }
    if (over) {
      throw new Over();
    }
  }

  private void stop(@Nullable Throwable cause) {
    failure = cause;
    over = true;
    for (Thread thread : threads) {
      LockSupport.unpark(thread);
    }
  }

  /** Ends a thread wherever it waits. */
  private static final class Over extends Error {
    private Over() {
      super("over", null, false, false);
    }
  }
}
