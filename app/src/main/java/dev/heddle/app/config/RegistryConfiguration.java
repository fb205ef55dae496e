package dev.heddle.app.config;

import dev.heddle.format.model.ModelFolder;
import dev.heddle.registry.access.ApiKeys;
import dev.heddle.registry.access.BaseModel;
import dev.heddle.registry.access.BaseModels;
import dev.heddle.registry.access.BootstrapKey;
import dev.heddle.registry.access.KeyUses;
import dev.heddle.registry.access.SignIns;
import dev.heddle.registry.access.Tenant;
import dev.heddle.registry.access.Tenants;
import dev.heddle.registry.adapter.Adapters;
import dev.heddle.registry.adapter.Aliases;
import dev.heddle.registry.adapter.Grants;
import dev.heddle.registry.adapter.Overlaps;
import dev.heddle.registry.adapter.Proofs;
import dev.heddle.registry.adapter.Publishing;
import dev.heddle.registry.adapter.VersionExpiry;
import dev.heddle.registry.adapter.Versions;
import dev.heddle.registry.audit.AuditLog;
import dev.heddle.registry.db.RegistryDatabase;
import dev.heddle.registry.idempotency.IdempotencyKeys;
import dev.heddle.registry.imports.Imports;
import dev.heddle.registry.imports.LocalSource;
import dev.heddle.registry.imports.S3Source;
import dev.heddle.registry.replica.Replicas;
import dev.heddle.registry.residency.Pins;
import dev.heddle.registry.snapshot.SnapshotSource;
import dev.heddle.registry.store.ExpertStore;
import dev.heddle.registry.upload.AdapterIngest;
import dev.heddle.registry.upload.AdapterProof;
import dev.heddle.registry.upload.ResumableUploads;
import dev.heddle.registry.upload.Storage;
import dev.heddle.registry.upload.UploadArea;
import dev.heddle.registry.upload.UploadLimits;
import dev.heddle.registry.usage.UsageExpiry;
import dev.heddle.registry.usage.UsageLog;
import dev.heddle.registry.usage.UsageReports;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;

/** The database and what is kept in it and beside it. */
@Configuration(proxyBeanMethods = false)
class RegistryConfiguration {
  private static final Logger log = LoggerFactory.getLogger(RegistryConfiguration.class);

  @Bean
  DataFolder dataFolder(HeddleProperties properties) {
    return DataFolder.take(properties);
  }

  @Bean
  PlatformDatabase platformDatabase(
      HeddleProperties properties, DataFolder data, @Value("${server.port}") int port) {
    return PlatformDatabase.open(properties.database(), data, port);
  }

  @Bean(destroyMethod = "") // closed by what opened it
  RegistryDatabase registryDatabase(PlatformDatabase database) {
    return database.registry();
  }

  @Bean
  @DependsOn({"tokenizer", "registryDatabase"}) // before every byte of the weights may be read
  BaseModelProof baseModelProof(ModelFolder folder, DataFolder data, HeddleProperties properties)
      throws IOException {
    return BaseModelProof.settle(data.path(), folder, properties.modelCheckRate().toBytes());
  }

  @Bean
  @DependsOn("baseModelProof") // which settles the digest
  BaseModel baseModel(RegistryDatabase database, ModelFolder folder, HeddleProperties properties) {
    new Tenants(database).ensureDefault();
    return new BaseModels(database)
        .register(ModelNames.of(properties.modelName(), folder.path()), folder.digest());
  }

  @Bean
  SnapshotSource snapshotSource(
      RegistryDatabase database, BaseModel base, DataFolder data, HeddleProperties properties) {
    Tenant tenant = new Tenants(database).ensureDefault();
    Path file = data.path().resolve("admin.key");
    Optional<Path> written =
        new BootstrapKey(database).ensure(tenant.id(), properties.bootstrapAdminKey(), file);
    written.ifPresent(path -> log.info("the admin key lies in {}", path.toAbsolutePath()));
    return new SnapshotSource(database, base);
  }

  @Bean
  KeyUses keyUses(RegistryDatabase database) {
    return new KeyUses(database);
  }

  @Bean
  UploadArea uploadArea(RegistryDatabase database, DataFolder data, Replicas replicas) {
    return new UploadArea(
        database, data.path().resolve("uploads"), UploadLimits.DEFAULT, replicas.self());
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
      AdapterProof proof,
      Replicas replicas) {
    AdapterIngest ingest =
        new AdapterIngest(database, uploads, store, folder, proof, replicas.self());
    ingest.recover();
    return ingest;
  }

  @Bean
  S3Source s3Source(HeddleProperties properties) {
    ImportSettings.S3 s3 = properties.imports().s3();
    return new S3Source(
        new S3Source.Settings(
            s3.buckets(), s3.endpoint(), s3.region(), s3.accessKey(), s3.secretKey(), s3.waits()));
  }

  @Bean
  Imports imports(
      RegistryDatabase database,
      UploadArea uploads,
      AdapterIngest ingest,
      S3Source buckets,
      HeddleProperties properties,
      Replicas replicas) {
    return new Imports(
        database,
        uploads,
        ingest,
        List.of(new LocalSource(properties.imports().roots()), buckets),
        properties.imports().atOnce(),
        Duration.ofSeconds(10),
        replicas.self());
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
  VersionExpiry versionExpiry(RegistryDatabase database) {
    return new VersionExpiry(database);
  }

  @Bean
  Proofs proofs(RegistryDatabase database) {
    return new Proofs(database);
  }

  @Bean
  Overlaps overlaps(RegistryDatabase database) {
    return new Overlaps(database);
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
  UsageExpiry usageExpiry(RegistryDatabase database) {
    return new UsageExpiry(database);
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
  SignIns signIns(RegistryDatabase database) {
    return new SignIns(database);
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
