package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.registry.access.TenantLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Who waits for whom when the engine is full: 64 sequences run at once, eight of them a request's,
 * and each tenant has more than its share waiting. Shares are of tokens, whatever time they take.
 */
class FairShareTest {
  private static final Logger log = LoggerFactory.getLogger(FairShareTest.class);
  private static final PlatformFixture PLATFORM = PlatformFixture.get();
  private static final int LEAST_TOKENS = 8;

  private final AtomicBoolean over = new AtomicBoolean();
  private final List<Thread> clients = new ArrayList<>();

  /** Clients of a tenant that ask again as soon as they are answered. */
  private final class Load {
    final AtomicLong tokens = new AtomicLong();
    final AtomicInteger answers = new AtomicInteger();

    Load(TenantFixture tenant, int count, int choices) {
      for (int i = 0; i < count; i++) {
        String request = request(choices, LEAST_TOKENS + i % 8); // so that they do not keep step
        clients.add(
            Thread.startVirtualThread(() -> {
              while (!over.get()) {
                tokens.addAndGet(ask(tenant, request));
                answers.incrementAndGet();
              }
            }));
      }
    }
  }

  @AfterEach
  void stop() throws InterruptedException {
    over.set(true);
    for (Thread client : clients) {
      client.join();
    }
  }

  @Test
  void tokens_are_shared_by_weight_while_all_have_requests_waiting() throws Exception {
    Load light = new Load(tenant(1), 32, 8);
    Load heavy = new Load(tenant(3), 32, 8);
    while (light.answers.get() + heavy.answers.get() < 16) {
      Thread.sleep(5); // the engine was empty at first
    }
    long lightBefore = light.tokens.get();
    long heavyBefore = heavy.tokens.get();
    while (light.answers.get() + heavy.answers.get() < 240) {
      Thread.sleep(5);
    }
    double share = (double) (heavy.tokens.get() - heavyBefore) / (light.tokens.get() - lightBefore);
    log.info("tokens of weight 3 to tokens of weight 1: {}", share);
    assertThat(share).isBetween(2.3, 3.9);
  }

  @Test
  void a_tenant_with_few_requests_does_not_wait_behind_one_that_floods() {
    Load flood = new Load(tenant(1), 64, 8);
    TenantFixture quiet = tenant(1);
    String request = request(1, LEAST_TOKENS);
    int most = 0;
    List<Long> millis = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      int before = flood.answers.get();
      long start = System.nanoTime();
      ask(quiet, request);
      millis.add((System.nanoTime() - start) / 1_000_000);
      most = Math.max(most, flood.answers.get() - before);
    }
    log.info("answers to the flood of 64 during one to the quiet tenant: {}; {} ms", most, millis);
    assertThat(most).as("not those of all 64 that came before").isLessThan(40);
  }

  private static TenantFixture tenant(int weight) {
    return new TenantFixture(PLATFORM, new TenantLimits(weight, null, null, null, null, null));
  }

  private static String request(int choices, int tokens) {
    return PlatformFixture.chat("base", "the old dog follows the cat")
        .put("ignore_eos", true)
        .put("max_tokens", tokens)
        .put("n", choices)
        .toString();
  }

  private static long ask(TenantFixture tenant, String request) {
    JsonNode answer = PlatformFixture.expect(200, tenant.post("/v1/chat/completions", request));
    return answer.path("usage").path("completion_tokens").longValue();
  }
}
