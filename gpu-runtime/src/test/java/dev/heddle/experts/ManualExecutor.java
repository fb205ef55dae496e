package dev.heddle.experts;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;

/** Runs work when it is told to, in the order it is told to, so that a test replays. */
public final class ManualExecutor extends AbstractExecutorService {
  private final List<Runnable> work = new ArrayList<>();
  private boolean shutdown;

  @Override
  public void execute(Runnable command) {
    if (shutdown) {
      throw new IllegalStateException("shut down");
    }
    work.add(command);
  }

  public int pending() {
    return work.size();
  }

  public void run(int index) {
    work.remove(index).run();
  }

  public void runAll() {
    while (!work.isEmpty()) {
      run(0);
    }
  }

  @Override
  public void shutdown() {
    shutdown = true;
    runAll();
  }

  @Override
  public List<Runnable> shutdownNow() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isShutdown() {
    return shutdown;
  }

  @Override
  public boolean isTerminated() {
    return shutdown;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return true;
  }
}
