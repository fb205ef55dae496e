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

/** Removes from this process's folder, once a minute, the bytes of uploads that are over. */
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
      uploads.sweep();
    } catch (RegistryException e) {
      log.warn("Bytes of uploads that are over could not be removed, will try again", e);
    }
  }

  @Override
  public void destroy() {
    timer.dispose();
  }
}
