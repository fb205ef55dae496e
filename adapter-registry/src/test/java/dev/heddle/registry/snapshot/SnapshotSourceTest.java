package dev.heddle.registry.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.format.Digest;
import dev.heddle.registry.UnavailableException;
import dev.heddle.registry.access.ApiKey;
import dev.heddle.registry.access.ApiKeys;
import dev.heddle.registry.access.BaseModel;
import dev.heddle.registry.access.BaseModels;
import dev.heddle.registry.access.Scope;
import dev.heddle.registry.access.Tenant;
import dev.heddle.registry.access.Tenants;
import dev.heddle.registry.db.RegistryDatabase;
import dev.heddle.registry.postgres.EmbeddedPostgres;
import dev.heddle.registry.testing.TestDatabase;
import dev.heddle.registry.testing.TestRegistry;
import dev.heddle.registry.usage.UsageLog;
import dev.heddle.registry.usage.UsageRow;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotSourceTest {
  private static final Digest DIGEST = new Digest("ab".repeat(32));

  @Test
  void a_change_made_by_another_process_is_seen() throws Exception {
    var settings = TestDatabase.fresh();
    try (RegistryDatabase here = RegistryDatabase.open(settings);
        RegistryDatabase elsewhere = RegistryDatabase.open(settings)) {
      Tenant tenant = new Tenants(here).ensureDefault();
      BaseModel base = new BaseModels(here).register("tiny", DIGEST);
      try (SnapshotSource source = new SnapshotSource(here, base)) {
        ApiKey.Issued key = key(elsewhere, tenant);
        await().until(() -> accepts(source, key));
        new ApiKeys(elsewhere).revoke(TestRegistry.ACTOR, tenant.id(), key.key().publicId());
        await().until(() -> !accepts(source, key));
      }
    }
  }

  @Test
  void after_the_server_stood_still_changes_of_others_are_seen_again(@TempDir Path temporary)
      throws Exception {
    Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(temporary.resolve("postgres"));
        RegistryDatabase here = RegistryDatabase.open(postgres.settings());
        RegistryDatabase elsewhere = RegistryDatabase.open(postgres.settings())) {
      Tenant tenant = new Tenants(here).ensureDefault();
      BaseModel base = new BaseModels(here).register("tiny", DIGEST);
      try (SnapshotSource source = new SnapshotSource(here, base)) {
        ApiKey.Issued before = key(elsewhere, tenant);
        await().until(() -> accepts(source, before));
        ProcessHandle server = ProcessHandle.of(postgres.pid()).orElseThrow();
        List<ProcessHandle> all = Stream.concat(Stream.of(server), server.descendants()).toList();
        for (ProcessHandle process : all) {
          signal("STOP", process.pid());
        }
        try {
          for (int i = 0; i < 1000; i++) {
            assertThat(accepts(source, before)).isTrue();
          }
        } finally {
          for (ProcessHandle process : all) {
            signal("CONT", process.pid());
          }
        }
        ApiKey.Issued after = key(elsewhere, tenant);
        await().until(() -> accepts(source, after));
      }
    }
  }

  @Test
  void with_the_server_halted_and_then_killed_keys_and_names_go_on_and_usage_is_not_lost(
      @TempDir Path temporary) throws Exception {
    Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(temporary.resolve("postgres"));
        RegistryDatabase db = RegistryDatabase.open(postgres.settings())) {
      Tenant tenant = new Tenants(db).ensureDefault();
      BaseModel base = new BaseModels(db).register("tiny", DIGEST);
      try (SnapshotSource source = new SnapshotSource(db, base);
          UsageLog usage = new UsageLog(db)) {
        ApiKey.Issued key = key(db, tenant);
        List<ProcessHandle> backends =
            ProcessHandle.of(postgres.pid()).orElseThrow().descendants().toList();
        signal("STOP", postgres.pid());
        for (ProcessHandle backend : backends) {
          signal("STOP", backend.pid());
        }
        for (int i = 0; i < 1000; i++) {
          assertThat(accepts(source, key)).isTrue();
          assertThat(source.current().resolve(tenant.id(), "tiny")).isPresent();
          assertThat(usage.record(row("request-" + i, tenant, key))).isTrue();
        }
        signal("KILL", postgres.pid());
        for (ProcessHandle backend : backends) {
          signal("CONT", backend.pid());
        }
        assertThat(accepts(source, key)).isTrue();
        // The server is started again, the listener listens again, and the rows arrive.
        await().until(() -> rows(db) == 1000);
        ApiKey.Issued later = key(db, tenant);
        await().until(() -> accepts(source, later));
      }
    }
  }

  private static long rows(RegistryDatabase db) {
    try {
      return db.read(
          jdbc -> jdbc.sql("select count(*) from usage_record").query(Long.class).single());
    } catch (UnavailableException e) {
      return -1;
    }
  }

  private static UsageRow row(String request, Tenant tenant, ApiKey.Issued key) {
    return new UsageRow(
        request,
        tenant.id(),
        key.key().id(),
        "tiny",
        null,
        "stop",
        10,
        4,
        3,
        Duration.ofMillis(1),
        Duration.ofMillis(20),
        Instant.now());
  }

  private static ApiKey.Issued key(RegistryDatabase db, Tenant tenant) {
    return new ApiKeys(db)
        .create(TestRegistry.ACTOR, tenant.id(), "key", Set.of(Scope.INFERENCE), null);
  }

  private static boolean accepts(SnapshotSource source, ApiKey.Issued key) {
    return source.current().authenticate(key.text(), Instant.now())
        instanceof Authentication.Granted;
  }

  private static void signal(String signal, long pid) throws Exception {
    new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).start().waitFor();
  }
}
