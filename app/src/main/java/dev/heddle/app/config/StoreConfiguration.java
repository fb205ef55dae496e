package dev.heddle.app.config;

import dev.heddle.format.model.ModelFolder;
import dev.heddle.registry.db.Installation;
import dev.heddle.registry.db.RegistryDatabase;
import dev.heddle.registry.download.AdapterDownloads;
import dev.heddle.registry.garbage.GarbageCollector;
import dev.heddle.registry.replica.Leader;
import dev.heddle.registry.replica.Replicas;
import dev.heddle.registry.scrub.DamageLog;
import dev.heddle.registry.scrub.StoreScrub;
import dev.heddle.registry.store.ExpertStore;
import dev.heddle.registry.store.HostCache;
import dev.heddle.registry.store.LocalExpertStore;
import dev.heddle.registry.store.S3ExpertStore;
import dev.heddle.registry.store.S3Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Where experts' bytes are kept, the tier before it, and who clears it. */
@Configuration(proxyBeanMethods = false)
class StoreConfiguration {
  private static final Logger log = LoggerFactory.getLogger(StoreConfiguration.class);

  @Bean
  DamageLog damageLog(RegistryDatabase database) {
    return new DamageLog(database);
  }

  @Bean
  ExpertStore expertStore(
      RegistryDatabase database,
      DataFolder data,
      HeddleProperties properties,
      DamageLog damages,
      Replicas replicas) {
    UUID installation = Installation.id(database);
    StoreSettings.S3 s3 = properties.store().s3();
    S3Settings settings = s3.bucketSettings();
    if (settings == null) {
      requireAlone(replicas);
      return new LocalExpertStore(data.path().resolve("experts"), installation, damages);
    }
    Path cache = data.path().resolve("experts-cache");
    log.info("experts in {}, cached copies of at most {} bytes in {}", settings, s3.cache(), cache);
    return new S3ExpertStore(
        settings, cache, s3.cache().toBytes(), installation, InstantSource.system(), damages);
  }

  /** What one process keeps in its own folder, another cannot load. */
  private static void requireAlone(Replicas replicas) {
    replicas.live().stream()
        .filter(other -> other.start().epoch() < replicas.self().epoch())
        .filter(other -> !other.id().equals(replicas.self().replica()))
        .findFirst()
        .ifPresent(other -> {
          throw new IllegalStateException(
              "the replica %s runs on this database; several need a bucket for what they share: set"
                      .formatted(other.name())
                  + " HEDDLE_STORE_S3_BUCKET for all, or stop it");
        });
  }

  @Bean
  HostCache hostCache(ExpertStore store, HeddleProperties properties) {
    return new HostCache(store, RuntimeSettings.hostCache(properties));
  }

  @Bean
  GarbageCollector garbageCollector(
      RegistryDatabase database, ExpertStore store, HeddleProperties properties, Leader leader) {
    boolean shared = store instanceof S3ExpertStore;
    Duration grace = shared ? properties.store().s3().grace() : Duration.ZERO;
    return new GarbageCollector(database, store, grace, () -> !shared || leader.leads());
  }

  @Bean
  StoreScrub storeScrub(RegistryDatabase database, ExpertStore store) {
    return new StoreScrub(database, store);
  }

  @Bean
  AdapterDownloads adapterDownloads(
      RegistryDatabase database, ExpertStore store, ModelFolder folder) {
    return new AdapterDownloads(database, store, folder);
  }
}
