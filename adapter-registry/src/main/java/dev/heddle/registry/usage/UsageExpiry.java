package dev.heddle.registry.usage;

import dev.heddle.registry.db.Columns;
import dev.heddle.registry.db.RegistryDatabase;
import java.time.Instant;

/** Removes rows of single answers that have expired; sums by the hour stay. Any thread. */
public final class UsageExpiry {
  private static final int AT_ONCE = 10_000;

  private final RegistryDatabase db;

  public UsageExpiry(RegistryDatabase db) {
    this.db = db;
  }

  /**
   * Removes rows of answers that ended before a time, a few thousand in a transaction. The database
   * keeps those of the last day in any case.
   *
   * @return how many
   */
  public long expire(Instant before) {
    long all = 0;
    int last;
    do {
      last =
          db.write(jdbc ->
              jdbc.sql("select expire_usage(:before, :most)")
                  .param("before", Columns.parameter(before))
                  .param("most", AT_ONCE)
                  .query(Integer.class)
                  .single());
      all += last;
    } while (last == AT_ONCE);
    return all;
  }
}
