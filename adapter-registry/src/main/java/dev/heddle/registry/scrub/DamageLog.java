package dev.heddle.registry.scrub;

import dev.heddle.registry.RegistryException;
import dev.heddle.registry.db.RegistryDatabase;
import dev.heddle.registry.store.DamageListener;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts damaged blobs, and writes a line into the log for each that names the versions concerned.
 */
public final class DamageLog implements DamageListener {
  private static final Logger log = LoggerFactory.getLogger(DamageLog.class);
  private static final int VERSIONS_NAMED = 16;

  private final BlobUses uses;
  private final AtomicLong found = new AtomicLong();

  public DamageLog(RegistryDatabase db) {
    this.uses = new BlobUses(db);
  }

  @Override
  public void found(Damage damage) {
    found.incrementAndGet();
    if (damage.copy()) {
      log.warn(
          "The cached copy of {} {} is damaged and was moved to {}; it is fetched again for these"
              + " versions: {}",
          damage.kind(),
          damage.digest(),
          damage.place(),
          versions(damage));
    } else {
      log.error(
          "{} {} is damaged and was moved to {}; until it is uploaded again, these versions cannot"
              + " be loaded: {}",
          damage.kind(),
          damage.digest(),
          damage.place(),
          versions(damage));
    }
  }

  private List<String> versions(Damage damage) {
    try {
      return uses.versions(damage.kind(), damage.digest(), VERSIONS_NAMED);
    } catch (RegistryException e) {
      return List.of("unknown, the database does not answer");
    }
  }

  /** Damaged blobs and copies since the start. */
  public long found() {
    return found.get();
  }
}
