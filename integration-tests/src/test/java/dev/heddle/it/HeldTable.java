package dev.heddle.it;

import dev.heddle.registry.db.RegistryDatabase;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A table that nobody else can write to, so that a request stands still at a known place. */
final class HeldTable implements AutoCloseable {
  private static final RegistryDatabase DATABASE =
      PlatformFixture.get().bean(RegistryDatabase.class);

  private final String table;
  private final CompletableFuture<Void> held = new CompletableFuture<>();
  private final CompletableFuture<Void> end = new CompletableFuture<>();
  private final CompletableFuture<Void> holding;

  HeldTable(String table) {
    this.table = table;
    this.holding =
        CompletableFuture.runAsync(
            () -> DATABASE.write(this::holdUntilTheEnd), Thread::startVirtualThread);
    CompletableFuture.anyOf(held, holding).join(); // fails if it cannot be held
  }

  private int holdUntilTheEnd(JdbcClient jdbc) {
    jdbc.sql("lock table " + table + " in exclusive mode").update();
    held.complete(null);
    end.join();
    return 0;
  }

  /**
   * Waits until a statement waits for the table.
   *
   * @param statement how it begins; the platform's own housekeeping may wait there too
   */
  void awaitWaiter(String statement) {
    for (int i = 0; i < 500; i++) {
      boolean waits =
          DATABASE.read(jdbc ->
              jdbc.sql(
                      """
                      select exists (select 1 from pg_locks join pg_stat_activity using (pid)
                        where relation = cast(:table as regclass) and not granted
                          and query like :statement || '%')
                      """)
                  .param("table", table)
                  .param("statement", statement)
                  .query(Boolean.class)
                  .single());
      if (waits) {
        return;
      }
      LockSupport.parkNanos(10_000_000);
    }
    throw new AssertionError("no '" + statement + "' waits for " + table);
  }

  @Override
  public void close() {
    end.complete(null);
    holding.join();
  }
}
