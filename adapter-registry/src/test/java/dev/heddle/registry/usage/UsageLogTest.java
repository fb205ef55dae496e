package dev.heddle.registry.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.registry.UnavailableException;
import dev.heddle.registry.access.ApiKey;
import dev.heddle.registry.access.Scope;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.testing.TestRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsageLogTest {
  @TempDir private Path folder;

  @Test
  void a_request_is_written_once_and_a_wrong_row_takes_no_other_with_it() {
    try (TestRegistry registry = TestRegistry.in(folder)) {
      Version version = registry.published(registry.tenant, "adapter", 1);
      ApiKey key =
          registry
              .keys
              .create(
                  TestRegistry.ACTOR, registry.tenant.id(), "key", Set.of(Scope.INFERENCE), null)
              .key();
      UsageLog log = new UsageLog(registry.db);
      for (int i = 0; i < 1200; i++) {
        log.record(row("request-" + i / 2, registry, key.id(), version));
      }
      log.record(row("wrong", registry, UUID.randomUUID(), version));
      log.record(row("last", registry, key.id(), null));
      log.close(); // writes what is waiting
      assertThat(log.lost()).isEqualTo(1);
      assertThat(count(registry, "true")).isEqualTo(601);
      assertThat(count(registry, "version_id is not null")).isEqualTo(600);
      assertThat(count(registry, "queued_micros = 1500 and engine_micros = 20000")).isEqualTo(601);
    }
  }

  @Test
  void rows_wait_while_the_database_takes_no_changes() {
    try (TestRegistry registry = TestRegistry.in(folder)) {
      ApiKey key =
          registry
              .keys
              .create(
                  TestRegistry.ACTOR, registry.tenant.id(), "key", Set.of(Scope.INFERENCE), null)
              .key();
      registry.readOnly(true);
      UsageLog log = new UsageLog(registry.db);
      log.record(row("waits", registry, key.id(), null));
      // Taken, and tried: a round's rows are gathered first.
      await().pollDelay(Duration.ofSeconds(1)).until(() -> log.waiting() == 0);
      log.record(row("waits too", registry, key.id(), null));
      registry.readOnly(false);
      await()
          .ignoreExceptionsMatching(UnavailableException.class::isInstance)
          .until(() -> count(registry, "true") == 2);
      log.close();
      assertThat(log.lost()).isZero();
    }
  }

  @Test
  void rows_expire_and_their_sums_stay_and_the_last_day_stays_whatever_is_asked() {
    try (TestRegistry registry = TestRegistry.in(folder)) {
      ApiKey key =
          registry
              .keys
              .create(
                  TestRegistry.ACTOR, registry.tenant.id(), "key", Set.of(Scope.INFERENCE), null)
              .key();
      UsageLog log = new UsageLog(registry.db);
      Instant now = Instant.now();
      for (int days : List.of(0, 2, 100, 101)) {
        log.record(row("day-" + days, registry, key.id(), null, now.minus(Duration.ofDays(days))));
      }
      log.close();
      UsageExpiry expiry = new UsageExpiry(registry.db);

      assertThat(expiry.expire(now.minus(Duration.ofDays(90)))).isEqualTo(2);
      assertThat(count(registry, "true")).isEqualTo(2);
      assertThat(expiry.expire(now)).isEqualTo(1);
      assertThat(count(registry, "request_id = 'day-0'")).isEqualTo(1);
      assertThat(
              registry.db.<Long>read(jdbc ->
                  jdbc.sql("select sum(requests) from usage_hour").query(Long.class).single()))
          .isEqualTo(4);
    }
  }

  private static long count(TestRegistry registry, String condition) {
    return registry.db.read(jdbc ->
        jdbc.sql("select count(*) from usage_record where " + condition)
            .query(Long.class)
            .single());
  }

  private static UsageRow row(String request, TestRegistry registry, UUID key, Version version) {
    return row(request, registry, key, version, Instant.now());
  }

  private static UsageRow row(
      String request, TestRegistry registry, UUID key, Version version, Instant at) {
    return new UsageRow(
        request,
        registry.tenant.id(),
        key,
        "adapter",
        version == null ? null : new UsageRow.Served(version.tenantId(), version.id()),
        "stop",
        10,
        4,
        3,
        Duration.ofNanos(1_500_999),
        Duration.ofMillis(20),
        at);
  }
}
