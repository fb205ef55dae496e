package dev.heddle.app.serving;

import java.util.UUID;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Threads that read, render and tokenise prompts. They are apart from those that write answers, so
 * that no prompt holds up an answer in progress; long prompts have a thread of their own, so that
 * short ones do not wait for them; and on each, tenants take turns.
 */
public final class PromptThreads implements AutoCloseable {
  /** Longer bodies are long prompts. */
  private static final int LONG_BODY_BYTES = 64 << 10;

  /** Requests that wait for a thread; more are refused with 429. */
  private static final int WAITING_MAX = 1024;

  private final TenantTurns shortPrompts;
  private final TenantTurns longPrompts = new TenantTurns("heddle-long-prompt", 1, WAITING_MAX);

  /**
   * @param threads for short prompts, 1 or more
   */
  public PromptThreads(int threads) {
    shortPrompts = new TenantTurns("heddle-prompt", threads, WAITING_MAX);
  }

  /**
   * Where a tenant's prompt is read.
   *
   * @param bodyBytes of the request
   */
  Scheduler of(UUID tenant, int bodyBytes) {
    TenantTurns turns = bodyBytes > LONG_BODY_BYTES ? longPrompts : shortPrompts;
    return Schedulers.fromExecutor(work -> turns.execute(tenant, work));
  }

  @Override
  public void close() {
    shortPrompts.close();
    longPrompts.close();
  }
}
