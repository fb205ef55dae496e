package dev.heddle.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;

/** Runs work when it is told to, in any order, on the caller's thread. */
final class ManualExecutor extends AbstractExecutorService {
  private final List<Runnable> work = new ArrayList<>();
  private boolean shutdown;

  boolean runOne(Random random) {
    if (work.isEmpty()) {
      return false;
    }
    work.remove(random.nextInt(work.size())).run();
    return true;
  }

  @Override
  public void execute(Runnable command) {
    work.add(command);
  }

  @Override
  public void shutdown() {
    shutdown = true;
    while (!work.isEmpty()) {
      work.removeFirst().run();
    }
  }

  @Override
  public List<Runnable> shutdownNow() {
    shutdown();
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return shutdown;
  }

  @Override
  public boolean isTerminated() {
    return shutdown && work.isEmpty();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return isTerminated();
  }
}
