package dev.heddle.app.api.uploads;

import dev.heddle.app.config.HeddleProperties;
import dev.heddle.registry.RegistryException;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.adapter.VersionExpiry;
import dev.heddle.registry.upload.ResumableUploads;
import dev.heddle.registry.upload.UploadArea;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.scheduler.Schedulers;

/** Gives up uploads, and versions that were never completed, whose time is over; once a minute. */
@Component
final class UploadSweep implements DisposableBean {
  private static final Logger log = LoggerFactory.getLogger(UploadSweep.class);
  private static final long SECONDS = 60;

  private final ResumableUploads uploads;
  private final VersionExpiry versions;
  private final UploadArea area;
  private final Duration keepVersions;
  private final Disposable timer;

  UploadSweep(
      ResumableUploads uploads,
      VersionExpiry versions,
      UploadArea area,
      HeddleProperties properties) {
    this.uploads = uploads;
    this.versions = versions;
    this.area = area;
    this.keepVersions = properties.uploads().keepVersions();
    this.timer =
        Schedulers.boundedElastic()
            .schedulePeriodically(this::sweep, SECONDS, SECONDS, TimeUnit.SECONDS);
  }

  /** Does it now. */
  void sweep() {
    try {
      int expired = uploads.sweep();
      if (expired > 0) {
        log.info("{} uploads expired", expired);
      }
      List<Version> begun = versions.expire(Instant.now().minus(keepVersions));
      for (Version version : begun) {
        log.info(
            "{} was begun at {} and never completed: it is archived (uploads.keep-versions)",
            version.label(),
            version.createdAt());
      }
      if (!begun.isEmpty()) {
        area.sweep();
      }
    } catch (RegistryException e) {
      log.warn("What has expired could not be deleted, will try again in a minute", e);
    }
  }

  @Override
  public void destroy() {
    timer.dispose();
  }
}
