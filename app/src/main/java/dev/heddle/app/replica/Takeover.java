package dev.heddle.app.replica;

import dev.heddle.registry.adapter.CutValidation;
import dev.heddle.registry.imports.Imports;
import dev.heddle.registry.replica.Replicas;
import dev.heddle.registry.replica.Start;
import dev.heddle.registry.upload.AdapterIngest;
import dev.heddle.registry.upload.UploadArea;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * Goes on with what replicas have left that are gone for good: ends what they were receiving,
 * finishes their checks, and fetches their imports. What lives is left alone.
 */
@Component
final class Takeover implements DisposableBean {
  private static final Logger log = LoggerFactory.getLogger(Takeover.class);

  private final Replicas replicas;
  private final UploadArea uploads;
  private final AdapterIngest ingest;
  private final Imports imports;

  /** A check may take minutes, and others are not to wait to be taken. */
  private final ExecutorService checks =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("heddle-takeover").daemon().factory());

  /** How often one that is alone looks for what earlier ones have left. */
  private static final Duration LOOK_ALONE = Duration.ofSeconds(30);

  private volatile boolean stopping;

  /** Who lived at the last look, and since when; one thread looks. */
  private Set<Start> living = Set.of();

  private long livingSince;

  /** When one that was alone had taken over all that there was; 0 if it has not. */
  private long doneAloneAt;

  Takeover(Replicas replicas, UploadArea uploads, AdapterIngest ingest, Imports imports) {
    this.replicas = replicas;
    this.uploads = uploads;
    this.ingest = ingest;
    this.imports = imports;
  }

  /**
   * Looks for it once. Nobody is gone until the same processes have lived for so long that all
   * others could have come back: the database may have been away or slow, or its clock was set.
   */
  void run() {
    if (isNothingNew()) {
      return;
    }
    Set<Start> now = replicas.lookNow();
    if (!now.equals(living)) {
      living = now;
      livingSince = System.nanoTime();
      doneAloneAt = 0;
    }
    boolean settled = System.nanoTime() - livingSince > replicas.silenceMax().toNanos();
    if (!settled || !replicas.isSteady()) {
      return;
    }
    uploads.giveUpOfGone();
    for (CutValidation cut : ingest.cut()) {
      if (ingest.take(cut)) {
        checks.execute(() -> finish(cut));
      }
    }
    imports.takeOverOfGone();
    doneAloneAt = living.equals(Set.of(replicas.self())) ? System.nanoTime() : 0;
  }

  /** Nobody came since all was taken over, and so nobody has left anything. */
  private boolean isNothingNew() {
    return doneAloneAt != 0
        && replicas.isAlone()
        && System.nanoTime() - doneAloneAt < LOOK_ALONE.toNanos();
  }

  private void finish(CutValidation cut) {
    try {
      ingest.finish(cut, () -> stopping);
    } catch (RuntimeException e) {
      if (stopping) {
        log.info("{} is left to another replica", cut.version().label());
        return;
      }
      log.error("{} could not be taken over", cut.version().label(), e);
    }
  }

  /** A check that is cut short is finished by another replica. */
  @Override
  public void destroy() throws InterruptedException {
    stopping = true;
    checks.shutdownNow();
    if (!checks.awaitTermination(5, TimeUnit.SECONDS)) {
      log.warn("A check that was taken over does not end");
    }
  }
}
