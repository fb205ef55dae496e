package dev.heddle.app.replica;

import dev.heddle.registry.adapter.CutValidation;
import dev.heddle.registry.imports.Imports;
import dev.heddle.registry.replica.Replicas;
import dev.heddle.registry.upload.AdapterIngest;
import dev.heddle.registry.upload.UploadArea;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
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

  Takeover(Replicas replicas, UploadArea uploads, AdapterIngest ingest, Imports imports) {
    this.replicas = replicas;
    this.uploads = uploads;
    this.ingest = ingest;
    this.imports = imports;
  }

  /** Looks for it once. After the database was away nobody is gone until all could come back. */
  void run() {
    if (!replicas.isSteady()) {
      return;
    }
    uploads.giveUpOfGone();
    for (CutValidation cut : ingest.cut()) {
      if (ingest.take(cut)) {
        checks.execute(() -> finish(cut));
      }
    }
    imports.takeOverOfGone();
  }

  private void finish(CutValidation cut) {
    try {
      ingest.finish(cut);
    } catch (RuntimeException e) {
      log.error("{} could not be taken over", cut.version().label(), e);
    }
  }

  @Override
  public void destroy() {
    checks.shutdownNow();
  }
}
