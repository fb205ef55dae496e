package dev.heddle.app.config;

import dev.heddle.app.tenant.KeyDirectory;
import dev.heddle.app.tenant.KeyUse;
import dev.heddle.app.tenant.TenantDirectory;
import dev.heddle.format.model.ModelFolder;
import dev.heddle.registry.access.ApiKeys;
import dev.heddle.registry.access.BaseModel;
import dev.heddle.registry.access.BaseModels;
import dev.heddle.registry.access.BootstrapKey;
import dev.heddle.registry.access.KeyUses;
import dev.heddle.registry.access.Tenant;
import dev.heddle.registry.access.Tenants;
import dev.heddle.registry.adapter.Adapters;
import dev.heddle.registry.adapter.Aliases;
import dev.heddle.registry.adapter.Grants;
import dev.heddle.registry.adapter.Publishing;
import dev.heddle.registry.adapter.Versions;
import dev.heddle.registry.audit.AuditLog;
import dev.heddle.registry.db.RegistryDatabase;
import dev.heddle.registry.idempotency.IdempotencyKeys;
import dev.heddle.registry.imports.Imports;
import dev.heddle.registry.imports.LocalSource;
import dev.heddle.registry.imports.S3Source;
import dev.heddle.registry.residency.Pins;
import dev.heddle.registry.snapshot.Authentication;
import dev.heddle.registry.snapshot.SnapshotSource;
import dev.heddle.registry.store.ExpertStore;
import dev.heddle.registry.upload.AdapterIngest;
import dev.heddle.registry.upload.AdapterProof;
import dev.heddle.registry.upload.ResumableUploads;
import dev.heddle.registry.upload.Storage;
import dev.heddle.registry.upload.UploadArea;
import dev.heddle.registry.upload.UploadLimits;
import dev.heddle.registry.usage.UsageLog;
import dev.heddle.registry.usage.UsageReports;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The database and what is kept in it and beside it. */
@Configuration(proxyBeanMethods = false)
class RegistryConfiguration {
  private static final Logger log = LoggerFactory.getLogger(RegistryConfiguration.class);

  @Bean
  PlatformDatabase platformDatabase(HeddleProperties properties) {
    return PlatformDatabase.open(properties);
  }

  @Bean(destroyMethod = "") // closed by what opened it
  RegistryDatabase registryDatabase(PlatformDatabase database) {
    return database.registry();
  }

  @Bean
  BaseModel baseModel(RegistryDatabase database, ModelFolder folder, HeddleProperties properties) {
    new Tenants(database).ensureDefault();
    log.info("reading every byte of the base model for its digest");
    return new BaseModels(database)
        .register(ModelNames.of(properties.modelName(), folder.path()), folder.digest());
  }

  @Bean
  SnapshotSource snapshotSource(
      RegistryDatabase database, BaseModel base, HeddleProperties properties) {
    Tenant tenant = new Tenants(database).ensureDefault();
    Path file = properties.data().resolve("admin.key");
    Optional<Path> written =
        new BootstrapKey(database).ensure(tenant.id(), properties.bootstrapAdminKey(), file);
    written.ifPresent(path -> log.info("the admin key lies in {}", path.toAbsolutePath()));
    return new SnapshotSource(database, base);
  }

  @Bean
  KeyDirectory keyDirectory(SnapshotSource snapshots) {
    return key ->
        snapshots.current().authenticate(key, Clock.systemUTC().instant())
                instanceof Authentication.Granted(var principal)
            ? principal
            : null;
  }

  @Bean
  TenantDirectory tenantDirectory(SnapshotSource snapshots) {
    return name -> snapshots.current().tenant(name).orElse(null);
  }

  @Bean
  KeyUses keyUses(RegistryDatabase database) {
    return new KeyUses(database);
  }

  @Bean
  KeyUse keyUse(KeyUses uses) {
    return uses::record;
  }

  @Bean
  UploadArea uploadArea(RegistryDatabase database, HeddleProperties properties) {
    return new UploadArea(database, properties.data().resolve("uploads"), UploadLimits.DEFAULT);
  }

  @Bean
  ResumableUploads resumableUploads(UploadArea uploads, HeddleProperties properties) {
    return new ResumableUploads(uploads, properties.uploads().keep());
  }

  @Bean
  Storage storage(RegistryDatabase database) {
    return new Storage(database);
  }

  @Bean
  AdapterIngest adapterIngest(
      RegistryDatabase database,
      UploadArea uploads,
      ExpertStore store,
      ModelFolder folder,
      AdapterProof proof) {
    AdapterIngest ingest = new AdapterIngest(database, uploads, store, folder, proof);
    ingest.recover();
    return ingest;
  }

  @Bean
  S3Source s3Source(HeddleProperties properties) {
    ImportSettings.S3 s3 = properties.imports().s3();
    return new S3Source(
        new S3Source.Settings(
            s3.buckets(), s3.endpoint(), s3.region(), s3.accessKey(), s3.secretKey()));
  }

  @Bean
  Imports imports(
      RegistryDatabase database,
      UploadArea uploads,
      AdapterIngest ingest,
      S3Source buckets,
      HeddleProperties properties) {
    return new Imports(
        database,
        uploads,
        ingest,
        List.of(new LocalSource(properties.imports().roots()), buckets),
        Duration.ofSeconds(10));
  }

  @Bean
  Adapters adapters(RegistryDatabase database) {
    return new Adapters(database);
  }

  @Bean
  Versions versions(RegistryDatabase database) {
    return new Versions(database);
  }

  @Bean
  Publishing publishing(RegistryDatabase database) {
    return new Publishing(database);
  }

  @Bean
  Pins pins(RegistryDatabase database) {
    return new Pins(database);
  }

  @Bean
  UsageLog usageLog(RegistryDatabase database) {
    return new UsageLog(database);
  }

  @Bean
  UsageReports usageReports(RegistryDatabase database) {
    return new UsageReports(database);
  }

  @Bean
  Aliases aliases(RegistryDatabase database) {
    return new Aliases(database);
  }

  @Bean
  Grants grants(RegistryDatabase database) {
    return new Grants(database);
  }

  @Bean
  ApiKeys apiKeys(RegistryDatabase database) {
    return new ApiKeys(database);
  }

  @Bean
  Tenants tenants(RegistryDatabase database) {
    return new Tenants(database);
  }

  @Bean
  AuditLog auditLog(RegistryDatabase database) {
    return new AuditLog(database);
  }

  @Bean
  IdempotencyKeys idempotencyKeys(RegistryDatabase database) {
    return new IdempotencyKeys(database);
  }
}
