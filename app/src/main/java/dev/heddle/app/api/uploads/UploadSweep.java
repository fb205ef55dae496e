package dev.heddle.app.api.uploads;

import dev.heddle.registry.RegistryException;
import dev.heddle.registry.upload.ResumableUploads;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.scheduler.Schedulers;

/** Gives up uploads whose time is over, once a minute. */
@Component
final class UploadSweep implements DisposableBean {
  private static final Logger log = LoggerFactory.getLogger(UploadSweep.class);
  private static final long SECONDS = 60;

  private final ResumableUploads uploads;
  private final Disposable timer;

  UploadSweep(ResumableUploads uploads) {
    this.uploads = uploads;
    this.timer =
        Schedulers.boundedElastic()
            .schedulePeriodically(this::sweep, SECONDS, SECONDS, TimeUnit.SECONDS);
  }

  private void sweep() {
    try {
      int expired = uploads.sweep();
      if (expired > 0) {
        log.info("{} uploads expired", expired);
      }
    } catch (RegistryException e) {
      log.warn("Expired uploads could not be deleted, will try again in a minute", e);
    }
  }

  @Override
  public void destroy() {
    timer.dispose();
  }
}
