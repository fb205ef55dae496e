package dev.heddle.app.idempotency;

import dev.heddle.registry.RegistryException;
import dev.heddle.registry.idempotency.IdempotencyKeys;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

/** Removes kept answers when their day is over. */
@Configuration(proxyBeanMethods = false)
@EnableScheduling
class KeyPruning {
  private static final Logger log = LoggerFactory.getLogger(KeyPruning.class);

  private final IdempotencyKeys keys;

  KeyPruning(IdempotencyKeys keys) {
    this.keys = keys;
  }

  @Scheduled(initialDelayString = "PT1M", fixedDelayString = "PT10M")
  void prune() {
    try {
      keys.prune();
    } catch (RegistryException e) {
      log.warn("Expired idempotency keys stay for now: {}", e.getMessage());
    }
  }
}
