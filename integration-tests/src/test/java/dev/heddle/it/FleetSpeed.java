package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.app.client.load.Lengths;
import dev.heddle.app.client.load.LoadPlan;
import dev.heddle.app.client.load.LoadReport;
import dev.heddle.app.client.load.LoadRun;
import dev.heddle.app.client.load.Pace;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What three replicas answer against one, with {@link TimedOps} for their engines; run by {@code
 * tools/bench-fleet}, which prints it.
 */
class FleetSpeed {
  private static final int STEP_MILLIS = 60;
  private static final int SEQUENCES = 16;
  private static final int ANSWER_TOKENS = 64;

  /** Requests under way for each replica: more than it computes at once. */
  private static final int CLIENTS = 24;

  private static final int REQUESTS = 200;
  private static final List<String> ADAPTERS =
      List.of("intent", "sql", "dates", "german", "triage", "redact");

  @Test
  @Timeout(value = 30, unit = TimeUnit.MINUTES)
  void measure(@TempDir Path one, @TempDir Path three) throws Exception {
    double alone = tokensPerSecond(one, 1);
    double together = tokensPerSecond(three, 3);
    System.out.printf(
        "%n%d sequences at most, %d ms a step: at best %.0f tokens/s a replica%n",
        SEQUENCES, STEP_MILLIS, SEQUENCES * 1000.0 / STEP_MILLIS);
    System.out.printf("1 replica   %6.0f tokens/s%n3 replicas  %6.0f tokens/s", alone, together);
    System.out.printf("  %.2f times%n", together / alone);
  }

  private static double tokensPerSecond(Path folder, int count) throws Exception {
    try (Fleet fleet = fleet(folder)) {
      List<PlatformProcess> replicas = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        replicas.add(fleet.launch("replica-" + i));
      }
      for (PlatformProcess replica : replicas) {
        replica.awaitReady();
      }
      ADAPTERS.forEach(replicas.getFirst()::publish);
      try (RoundRobin service =
          new RoundRobin(replicas.stream().map(PlatformProcess::url).toList())) {
        URI address = URI.create(service.url());
        LoadRun.of(plan(address, count, CLIENTS * count), ended -> {}); // compiled, and loaded
        LoadReport report = LoadRun.of(plan(address, count, REQUESTS * count), ended -> {});
        assertThat(report.isAllOk()).isTrue();
        return (double) REQUESTS * count * ANSWER_TOKENS / report.seconds();
      }
    }
  }

  private static Fleet fleet(Path folder) throws IOException {
    Path services = Files.createDirectory(folder.resolve("services"));
    return new Fleet(
        folder,
        Stream.concat(
                Stream.of(TimedOps.options(services, STEP_MILLIS)),
                Stream.of(
                    "--heddle.replica.forwarding=forward",
                    "--heddle.engine.threads=1",
                    "--heddle.engine.max-sequences=" + SEQUENCES))
            .toArray(String[]::new));
  }

  private static LoadPlan plan(URI address, int replicas, int requests) {
    List<String> models = Stream.concat(ADAPTERS.stream(), Stream.of("base")).toList();
    return new LoadPlan(
        address,
        PlatformFixture.KEY,
        models,
        requests,
        0,
        new Pace.Closed(CLIENTS * replicas),
        0,
        new Lengths.Uniform(8, 8),
        new Lengths.Uniform(ANSWER_TOKENS, ANSWER_TOKENS),
        true,
        Duration.ofSeconds(60),
        Duration.ofSeconds(1),
        7);
  }
}
