package dev.heddle.it;

import dev.heddle.registry.db.RegistryDatabase;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * How long the console's pages take with 1,000 adapters and 100 tenants while the engine is busy;
 * run by {@code tools/bench-console}, which prints a table.
 */
class ConsoleSpeed {
  private static final int TENANTS = 100;
  private static final int ADAPTERS = 1000;
  private static final int ROUNDS = 24;

  /** A platform that has served for some minutes has its pages compiled. */
  private static final int WARM_UP = 40;

  private static final List<String> PAGES =
      List.of(
          "/console",
          "/console/overview/now",
          "/console/overview/used",
          "/console/adapters",
          "/console/adapters?prefix=many-9",
          "/console/adapters/intent",
          "/console/adapters/versioned-0",
          "/console/scoring",
          "/console/memory",
          "/console/memory/slots",
          "/console/playground",
          "/console/tenants",
          "/console/tenants/tenant-7",
          "/console/tenant",
          "/console/audit",
          "/console/status");

  private final PlatformFixture platform = PlatformFixture.get();
  private volatile boolean over;

  @Test
  @Timeout(value = 1, unit = TimeUnit.HOURS)
  void measure() throws InterruptedException {
    ManyAdapters many = new ManyAdapters(platform);
    String key = "";
    for (int i = 0; i < TENANTS; i++) {
      key = many.tenant("tenant-" + i);
      many.fill("tenant-" + i, "own", i == TENANTS - 1 ? 20 : 4, 1);
      many.use("tenant-" + i, 15);
    }
    many.fill("default", "many", ADAPTERS - 4 * TENANTS - 16, 1);
    many.fill("default", "versioned", 1, 60);
    many.use("default", 80);
    List<Thread> load = new CopyOnWriteArrayList<>();
    for (int i = 0; i < 4; i++) {
      load.add(Thread.ofPlatform().start(this::ask));
    }
    report("operator", platform.session(PlatformFixture.KEY), PAGES);
    report(
        "tenant",
        platform.session(key),
        List.of("/console", "/console/adapters", "/console/adapters/own-1", "/console/tenant"));
    over = true;
    for (Thread thread : load) {
      thread.join();
    }
    report("operator, engine idle", platform.session(PlatformFixture.KEY), PAGES);
  }

  private void ask() {
    List<String> models = List.of("base", "intent", "sql", "dates", "german");
    for (int i = 0; !over; i++) {
      String model = models.get(i % models.size());
      platform.post(
          "/v1/completions",
          "{\"model\":\""
              + model
              + "\",\"prompt\":\"the 3rd of March\",\"max_tokens\":100,"
              + "\"ignore_eos\":true}");
    }
  }

  private void report(String who, String cookie, List<String> pages) {
    System.out.printf(
        "%n%-42s %8s %8s %8s %8s %10s %8s%n", who, "min", "p50", "p95", "max", "statements", "KiB");
    for (String page : pages) {
      report(page, cookie);
    }
  }

  private void report(String page, String cookie) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(platform.url() + page)).header("Cookie", cookie).build();
    double[] millis = new double[ROUNDS];
    long statements = Long.MAX_VALUE;
    int bytes = 0;
    for (int i = -WARM_UP; i < ROUNDS; i++) {
      long before = platform.bean(RegistryDatabase.class).statements();
      long start = System.nanoTime();
      HttpResponse<String> answer = PlatformFixture.send(request);
      double took = (System.nanoTime() - start) / 1e6;
      if (answer.statusCode() != 200) {
        throw new AssertionError(page + ": " + answer.statusCode() + answer.body());
      }
      bytes = answer.body().length();
      statements =
          Math.min(statements, platform.bean(RegistryDatabase.class).statements() - before);
      millis[Math.max(i, 0)] = took;
    }
    Arrays.sort(millis);
    System.out.printf(
        "%-42s %8.1f %8.1f %8.1f %8.1f %10d %8.1f%n",
        page,
        millis[0],
        millis[ROUNDS / 2],
        millis[ROUNDS * 95 / 100],
        millis[ROUNDS - 1],
        statements,
        bytes / 1024.0);
  }
}
