package dev.heddle.app.serving;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/**
 * A few threads that tenants take turns on: of those with work waiting, each gets one piece done
 * before any gets the next, so that a tenant with many long prompts holds up its own. Any thread.
 */
final class TenantTurns implements AutoCloseable {
  private final int waitingMax;
  private final ExecutorService threads;

  /** Work that waits, by tenant, the tenant whose turn it is first; no empty queue is kept. */
  private final Map<UUID, Deque<Runnable>> waiting = new LinkedHashMap<>();

  private int size;

  /**
   * @param waitingMax most pieces of work that wait, over all tenants
   */
  TenantTurns(String name, int threads, int waitingMax) {
    this.waitingMax = waitingMax;
    this.threads =
        Executors.newFixedThreadPool(
            threads, Thread.ofPlatform().name(name + "-", 0).daemon().factory());
  }

  /**
   * Has work done when it is the tenant's turn.
   *
   * @throws RejectedExecutionException if too much waits, or after {@link #close}
   */
  void execute(UUID tenant, Runnable work) {
    synchronized (this) {
      if (size == waitingMax) {
        throw new RejectedExecutionException(waitingMax + " prompts wait already");
      }
      waiting.computeIfAbsent(tenant, id -> new ArrayDeque<>()).add(work);
      size++;
    }
    threads.execute(() -> next().run());
  }

  /** Takes one piece for each that was added: there always is one. */
  private synchronized Runnable next() {
    Map.Entry<UUID, Deque<Runnable>> turn = waiting.entrySet().iterator().next();
    UUID tenant = turn.getKey();
    Deque<Runnable> queue = turn.getValue();
    Runnable work = queue.remove();
    size--;
    waiting.remove(tenant);
    if (!queue.isEmpty()) {
      waiting.put(tenant, queue); // behind the others
    }
    return work;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
