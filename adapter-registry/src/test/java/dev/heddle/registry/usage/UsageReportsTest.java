package dev.heddle.registry.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.registry.InvalidException;
import dev.heddle.registry.Page;
import dev.heddle.registry.access.ApiKey;
import dev.heddle.registry.access.Scope;
import dev.heddle.registry.access.Tenant;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.testing.TestRegistry;
import dev.heddle.registry.usage.UsageQuery.By;
import dev.heddle.registry.usage.UsageQuery.Period;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsageReportsTest {
  private static final Instant START = Instant.parse("2026-01-30T22:00:00Z");
  private static final Instant END = START.plus(Duration.ofHours(100));

  @TempDir private Path folder;

  /** Who asks, with which key, and what may answer. */
  private record World(List<Tenant> tenants, List<ApiKey> keys, List<Version> versions) {
    static World in(TestRegistry registry) {
      List<Tenant> tenants =
          List.of(registry.tenant, registry.tenants.create(TestRegistry.ACTOR, "other"));
      List<ApiKey> keys = new ArrayList<>();
      for (Tenant tenant : tenants) {
        keys.add(
            registry
                .keys
                .create(TestRegistry.ACTOR, tenant.id(), "key", Set.of(Scope.INFERENCE), null)
                .key());
      }
      List<Version> versions = new ArrayList<>();
      versions.add(registry.ready(tenants.get(0), "adapter", 1));
      versions.add(registry.ready(tenants.get(0), "adapter", 2));
      versions.add(registry.ready(tenants.get(1), "adapter", 3));
      return new World(tenants, keys, versions);
    }

    UsageRow row(String request, Random random) {
      int who = random.nextInt(tenants.size());
      int what = random.nextInt(versions.size() + 1);
      Version version = what == versions.size() ? null : versions.get(what);
      int prompt = random.nextInt(1000);
      return new UsageRow(
          request,
          tenants.get(who).id(),
          keys.get(who).id(),
          "model",
          version == null ? null : new UsageRow.Served(version.tenantId(), version.id()),
          "stop",
          prompt,
          random.nextInt(prompt + 1),
          random.nextInt(1000),
          Duration.of(random.nextInt(1_000_000), ChronoUnit.MICROS),
          Duration.of(random.nextInt(1_000_000), ChronoUnit.MICROS),
          START.plusSeconds(random.nextInt(100 * 3600)));
    }
  }

  @Test
  void reports_are_the_sums_of_the_rows_each_counted_once_whoever_writes_them_how_often()
      throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    try (TestRegistry registry = TestRegistry.in(folder)) {
      World world = World.in(registry);
      List<UsageRow> rows = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        rows.add(world.row("request-" + i, random));
      }
      List<Thread> writers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        List<UsageRow> share = new ArrayList<>(rows);
        Collections.shuffle(share, random);
        writers.add(Thread.startVirtualThread(() -> write(registry, share.subList(0, 300))));
      }
      for (Thread writer : writers) {
        writer.join();
      }
      write(registry, rows); // those that no writer had

      UsageReports reports = new UsageReports(registry.db);
      for (Period period : Period.values()) {
        for (By by : By.values()) {
          for (Tenant tenant : world.tenants()) {
            UsageQuery query =
                new UsageQuery(tenant.id(), START.plusSeconds(3600), END, period, by);
            assertThat(reports.all(query))
                .as("seed %d, %s", seed, query)
                .containsExactlyElementsOf(expected(world, rows, query));
          }
        }
      }
      UsageQuery everything = new UsageQuery(null, START, END, Period.DAY, By.VERSION);
      assertThat(inPages(reports, everything, 3)).isEqualTo(reports.all(everything));
      assertThat(reports.most(everything, 7))
          .containsExactlyElementsOf(
              reports.all(everything).stream()
                  .sorted(Comparator.comparingLong(UsageLine::completionTokens).reversed())
                  .limit(7)
                  .toList());
      assertThat(reports.all(everything).stream().mapToLong(UsageLine::requests).sum())
          .isEqualTo(400);
    }
  }

  private static void write(TestRegistry registry, List<UsageRow> rows) {
    UsageLog log = new UsageLog(registry.db);
    rows.forEach(log::record);
    log.close();
    assertThat(log.lost()).isZero();
  }

  private static List<UsageLine> inPages(UsageReports reports, UsageQuery query, int limit) {
    List<UsageLine> lines = new ArrayList<>();
    String after = null;
    do {
      Page<UsageLine> page = reports.page(query, new Page.Request(limit, after));
      lines.addAll(page.items());
      after = page.next();
    } while (after != null);
    return lines;
  }

  private static List<UsageLine> expected(World world, List<UsageRow> rows, UsageQuery query) {
    Map<List<String>, UsageLine> sums = new HashMap<>();
    for (UsageRow row : rows) {
      boolean wanted =
          row.tenantId().equals(query.tenant()) && !row.finishedAt().isBefore(query.from());
      if (wanted) {
        UsageLine line = line(world, row, query);
        String model = line.model() == null ? "" : line.model();
        sums.merge(
            List.of(line.period().toString(), line.tenant(), model), line, UsageReportsTest::sum);
      }
    }
    List<List<String>> keys = new ArrayList<>(new LinkedHashSet<>(sums.keySet()));
    keys.sort((a, b) -> {
      int byPeriod = a.get(0).compareTo(b.get(0));
      return byPeriod != 0 ? byPeriod : a.get(2).compareTo(b.get(2));
    });
    return keys.stream().map(sums::get).toList();
  }

  private static UsageLine line(World world, UsageRow row, UsageQuery query) {
    Instant hour = row.finishedAt().truncatedTo(ChronoUnit.HOURS);
    Instant period =
        switch (query.period()) {
          case HOUR -> hour;
          case DAY -> hour.truncatedTo(ChronoUnit.DAYS);
          case MONTH ->
              hour.atOffset(ZoneOffset.UTC)
                  .truncatedTo(ChronoUnit.DAYS)
                  .withDayOfMonth(1)
                  .toInstant();
        };
    return new UsageLine(
        period,
        nameOf(world, row.tenantId()),
        model(world, row, query.by()),
        1,
        row.promptTokens(),
        row.cachedTokens(),
        row.completionTokens(),
        row.queued(),
        row.engine());
  }

  private static String model(World world, UsageRow row, By by) {
    UsageRow.Served served = row.version();
    if (served == null || by == By.TENANT) {
      return null;
    }
    Version version =
        world.versions().stream().filter(v -> v.id().equals(served.versionId())).findAny().get();
    String name = by == By.VERSION ? version.label() : version.adapter();
    boolean own = version.tenantId().equals(row.tenantId());
    return own ? name : nameOf(world, version.tenantId()) + "/" + name;
  }

  private static String nameOf(World world, UUID tenant) {
    return world.tenants().stream().filter(t -> t.id().equals(tenant)).findAny().get().name();
  }

  private static UsageLine sum(UsageLine a, UsageLine b) {
    return new UsageLine(
        a.period(),
        a.tenant(),
        a.model(),
        a.requests() + b.requests(),
        a.promptTokens() + b.promptTokens(),
        a.cachedTokens() + b.cachedTokens(),
        a.completionTokens() + b.completionTokens(),
        a.queued().plus(b.queued()),
        a.engine().plus(b.engine()));
  }

  @Test
  void a_cursor_that_no_page_gave_is_refused() {
    try (TestRegistry registry = TestRegistry.in(folder)) {
      UsageReports reports = new UsageReports(registry.db);
      UsageQuery query = new UsageQuery(null, START, END, Period.DAY, By.VERSION);
      for (String after :
          List.of("", "x", "2026-01-01T00:00:00Z~a", "2026-99-01T00:00:00Z~a~b", "~~", "\0")) {
        assertThatThrownBy(() -> reports.page(query, new Page.Request(10, after)))
            .as(after)
            .isInstanceOf(InvalidException.class);
      }
    }
  }

  @Test
  void a_span_without_time_in_it_is_refused() {
    assertThatThrownBy(() -> new UsageQuery(null, END, START, Period.DAY, By.VERSION))
        .isInstanceOf(InvalidException.class)
        .hasMessageContaining("before");
    assertThatThrownBy(() -> new UsageQuery(null, Instant.MIN, Instant.MAX, Period.DAY, By.VERSION))
        .isInstanceOfSatisfying(InvalidException.class, e -> assertThat(e.violations()).hasSize(2));
  }
}
