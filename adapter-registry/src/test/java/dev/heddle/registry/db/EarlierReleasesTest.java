package dev.heddle.registry.db;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.Digest;
import dev.heddle.registry.Actor;
import dev.heddle.registry.Page;
import dev.heddle.registry.access.ApiKeys;
import dev.heddle.registry.access.BaseModel;
import dev.heddle.registry.access.BaseModels;
import dev.heddle.registry.access.Tenants;
import dev.heddle.registry.adapter.Adapters;
import dev.heddle.registry.adapter.Publishing;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.adapter.Versions;
import dev.heddle.registry.audit.AuditLog;
import dev.heddle.registry.snapshot.ResolvedModel;
import dev.heddle.registry.snapshot.SnapshotSource;
import dev.heddle.registry.testing.TestDatabase;
import dev.heddle.registry.upload.Storage;
import dev.heddle.registry.usage.UsageLine;
import dev.heddle.registry.usage.UsageQuery;
import dev.heddle.registry.usage.UsageReports;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the first release wrote is whole and in use after every path of updates to this one. */
class EarlierReleasesTest {
  private static final UUID OWNER = UUID.fromString("00000000-0000-7000-8000-000000000011");
  private static final UUID GRANTEE = UUID.fromString("00000000-0000-7000-8000-000000000012");
  private static final Digest BASE = new Digest("01".repeat(32));
  private static final Actor ACTOR = new Actor("test");

  static Stream<String> every_version() {
    return OldSchema.versions(TestDatabase.fresh()).stream();
  }

  @ParameterizedTest
  @MethodSource("every_version")
  void data_of_the_first_release_survive_a_stop_at(String version) throws Exception {
    DatabaseSettings settings = OldSchema.with("1", firstRelease());
    OldSchema.migrate(settings, version);
    try (RegistryDatabase db = RegistryDatabase.open(settings)) {
      BaseModel base = new BaseModels(db).register("tiny", BASE);
      assertNothingIsLost(db);
      assertNamesMeanWhatTheyMeant(db, base);
      assertItCanBeChanged(db, base);
    }
  }

  private static void assertNothingIsLost(RegistryDatabase db) {
    assertThat(new Tenants(db).list(Page.Request.FIRST).items())
        .extracting(tenant -> tenant.name() + " " + tenant.limits().weight())
        .containsExactly("grantee 1", "owner 1");
    assertThat(new ApiKeys(db).list(OWNER, Page.Request.FIRST).items())
        .extracting(key -> key.publicId() + " " + (key.revokedAt() == null))
        .containsExactly("live true", "revoked false");
    assertThat(new Versions(db).list(OWNER, "intent", Page.Request.FIRST).items())
        .extracting(v -> v.number() + " " + v.state() + " " + v.report().size())
        .containsExactly("5 UPLOADING 0", "4 ARCHIVED 0", "3 REJECTED 1", "2 READY 0", "1 READY 0");
    assertThat(new Storage(db).used(OWNER)).isEqualTo(new Storage.Used(1600, 1000));
    assertThat(new AuditLog(db).list(OWNER, Page.Request.FIRST).items())
        .extracting(entry -> entry.action() + " " + entry.subject())
        .contains("adapter.publish intent@2");
    UsageQuery query =
        new UsageQuery(
            GRANTEE,
            Instant.parse("2026-01-01T00:00:00Z"),
            Instant.parse("2026-01-02T00:00:00Z"),
            UsageQuery.Period.HOUR,
            UsageQuery.By.VERSION);
    List<UsageLine> usage = new UsageReports(db).page(query, Page.Request.FIRST).items();
    assertThat(usage).hasSize(1);
    assertThat(usage.getFirst().toString()).contains("30", "10", "12");
  }

  private static void assertNamesMeanWhatTheyMeant(RegistryDatabase db, BaseModel base) {
    try (SnapshotSource snapshots = new SnapshotSource(db, base)) {
      assertThat(means(snapshots, OWNER, "intent")).isEqualTo("intent@2");
      assertThat(means(snapshots, OWNER, "intent@1")).isEqualTo("intent@1");
      assertThat(means(snapshots, OWNER, "intent@3")).isEqualTo("nothing");
      assertThat(means(snapshots, GRANTEE, "owner/intent")).isEqualTo("owner/intent@2");
      assertThat(means(snapshots, GRANTEE, "intent")).isEqualTo("nothing");
    }
  }

  private static String means(SnapshotSource snapshots, UUID tenant, String name) {
    return snapshots.current().resolve(tenant, name).map(ResolvedModel::servedBy).orElse("nothing");
  }

  private static void assertItCanBeChanged(RegistryDatabase db, BaseModel base) {
    Publishing publishing = new Publishing(db);
    assertThat(publishing.publish(ACTOR, OWNER, "intent", 1).published()).isEqualTo(1);
    assertThat(publishing.rollback(ACTOR, OWNER, "intent", null, null).published()).isEqualTo(2);
    assertThat(new Versions(db).archive(ACTOR, OWNER, "intent", 5).state().name())
        .isEqualTo("ARCHIVED");
    Version next = new Versions(db).create(ACTOR, OWNER, "intent", base);
    assertThat(next.number()).isEqualTo(6);
    assertThat(new Adapters(db).get(OWNER, "retired").archivedAt()).isNotNull();
  }

  private static String firstRelease() {
    try (InputStream rows =
        EarlierReleasesTest.class.getResourceAsStream("/db/first-release.sql")) {
      return new String(Objects.requireNonNull(rows).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
