package dev.heddle.app.config;

import dev.heddle.registry.RegistryException;
import dev.heddle.registry.idempotency.IdempotencyKeys;
import dev.heddle.registry.usage.UsageExpiry;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

/** Removes rows whose time is over: kept answers after a day, usage of single answers later. */
@Configuration(proxyBeanMethods = false)
@EnableScheduling
class Pruning {
  private static final Logger log = LoggerFactory.getLogger(Pruning.class);

  private final IdempotencyKeys keys;
  private final UsageExpiry usage;
  private final HeddleProperties properties;

  Pruning(IdempotencyKeys keys, UsageExpiry usage, HeddleProperties properties) {
    this.keys = keys;
    this.usage = usage;
    this.properties = properties;
  }

  @Scheduled(initialDelayString = "PT1M", fixedDelayString = "PT10M")
  void prune() {
    try {
      keys.prune();
      long rows = usage.expire(Instant.now().minus(properties.usage().keepRecords()));
      if (rows > 0) {
        log.info("{} usage records expired", rows);
      }
    } catch (RegistryException e) {
      log.warn("Expired rows could not be deleted, will try again: {}", e.getMessage());
    }
  }
}
