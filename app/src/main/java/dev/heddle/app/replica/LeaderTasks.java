package dev.heddle.app.replica;

import dev.heddle.app.config.HeddleProperties;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.adapter.VersionExpiry;
import dev.heddle.registry.garbage.GarbageCollector;
import dev.heddle.registry.idempotency.IdempotencyKeys;
import dev.heddle.registry.replica.Leader;
import dev.heddle.registry.replica.Replicas;
import dev.heddle.registry.scrub.StoreScrub;
import dev.heddle.registry.upload.ResumableUploads;
import dev.heddle.registry.usage.UsageExpiry;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** What runs by the clock on what all replicas share: once in the fleet, at its leader. */
@Component
final class LeaderTasks implements DisposableBean {
  private static final Logger log = LoggerFactory.getLogger(LeaderTasks.class);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final Leader leader;
  private final Replicas replicas;
  private final Takeover takeover;
  private final GarbageCollector garbage;
  private final StoreScrub scrub;
  private final ResumableUploads uploads;
  private final VersionExpiry versions;
  private final IdempotencyKeys keys;
  private final UsageExpiry usage;
  private final HeddleProperties properties;

  LeaderTasks(
      Leader leader,
      Replicas replicas,
      Takeover takeover,
      GarbageCollector garbage,
      StoreScrub scrub,
      ResumableUploads uploads,
      VersionExpiry versions,
      IdempotencyKeys keys,
      UsageExpiry usage,
      HeddleProperties properties) {
    this.leader = leader;
    this.replicas = replicas;
    this.takeover = takeover;
    this.garbage = garbage;
    this.scrub = scrub;
    this.uploads = uploads;
    this.versions = versions;
    this.keys = keys;
    this.usage = usage;
    this.properties = properties;
  }

  /** The engine has to run: a check that is taken over may ask it. */
  @EventListener(ApplicationReadyEvent.class)
  void begin() {
    leader.every("takeover", Duration.ZERO, replicas.beat(), fence -> takeover.run());
    leader.every("collection", Duration.ZERO, properties.store().collectEvery(), garbage::collect);
    long scrubRate = properties.store().scrubRate().toBytes();
    if (scrubRate > 0) {
      leader.every("scrub", MINUTE, Duration.ofHours(1), fence -> scrub.check(scrubRate));
    }
    leader.every("uploads", MINUTE, MINUTE, fence -> expireUploads());
    leader.every("rows", MINUTE, MINUTE.multipliedBy(10), fence -> expireRows());
  }

  private void expireUploads() {
    int expired = uploads.expire();
    if (expired > 0) {
      log.info("{} uploads expired", expired);
    }
    Instant before = Instant.now().minus(properties.uploads().keepVersions());
    for (Version version : versions.expire(before)) {
      log.info(
          "{} was begun at {} and never completed: it is archived (uploads.keep-versions)",
          version.label(),
          version.createdAt());
    }
  }

  private void expireRows() {
    keys.prune();
    long rows = usage.expire(Instant.now().minus(properties.usage().keepRecords()));
    if (rows > 0) {
      log.info("{} usage records expired", rows);
    }
    replicas.forgetOld();
  }

  /** Before what the tasks need is closed. */
  @Override
  public void destroy() {
    leader.close();
  }
}
