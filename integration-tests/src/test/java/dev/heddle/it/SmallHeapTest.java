package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * A platform with the smallest heap that the launcher gives, and 64 clients that send the bodies
 * that take the most memory for their bytes. {@code -Dheddle.soak.seconds} says for how long.
 */
class SmallHeapTest {
  private static final int SECONDS = Integer.getInteger("heddle.soak.seconds", 8);
  private static final int HEAP = 192;
  private static final int CLIENTS = 64;

  /** In place of a status, where the connection ended before the answer was read. */
  private static final int CUT = 0;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  private record Attack(String path, String method, String body) {}

  @Test
  void no_body_ends_the_process_and_others_are_answered() throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (PlatformProcess platform = PlatformProcess.start(folder.resolve("data"), HEAP)) {
      List<Attack> attacks = attacks();
      List<Throwable> failures = new ArrayList<>();
      Map<Integer, LongAdder> statuses = new ConcurrentHashMap<>();
      AtomicInteger next = new AtomicInteger();
      long end = System.nanoTime() + SECONDS * 1_000_000_000L;
      List<Thread> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        Thread client =
            Thread.ofVirtual()
                .unstarted(() -> {
                  while (System.nanoTime() < end) {
                    Attack attack = attacks.get(next.getAndIncrement() % attacks.size());
                    statuses
                        .computeIfAbsent(send(platform, attack), s -> new LongAdder())
                        .increment();
                  }
                });
        client.setUncaughtExceptionHandler((thread, failure) -> {
          synchronized (failures) {
            failures.add(failure);
          }
        });
        clients.add(client);
      }
      clients.forEach(Thread::start);
      int answered = 0;
      int asked = 0;
      while (System.nanoTime() < end) {
        asked++;
        if (ask(platform) == 200) {
          answered++;
        }
        Thread.sleep(100);
      }
      for (Thread client : clients) {
        client.join();
      }
      String said = "statuses " + statuses + ", " + answered + " of " + asked + " others answered";
      System.out.println("small heap: " + said);
      assertThat(platform.isAlive()).as(said + platform.log()).isTrue();
      assertThat(platform.log()).doesNotContain("OutOfMemoryError");
      assertThat(failures).as(said).isEmpty();
      assertThat(statuses.keySet()).as(said).isSubsetOf(CUT, 200, 400, 413, 422, 429);
      assertThat(answered).as(said).isGreaterThan(asked / 2);
      assertThat(ask(platform)).isEqualTo(200);
    }
  }

  private static int ask(PlatformProcess platform) throws IOException {
    String chat = PlatformFixture.chat("base", "hello").put("max_tokens", 2).toString();
    return platform
        .send(
            platform
                .request("/v1/chat/completions")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(chat)))
        .statusCode();
  }

  private static int send(PlatformProcess platform, Attack attack) {
    try {
      HttpResponse<String> response =
          platform.send(
              platform
                  .request(attack.path())
                  .header("Content-Type", "application/json")
                  .method(attack.method(), BodyPublishers.ofString(attack.body())));
      if (response.statusCode() != 200) {
        assertThat(response.body().length()).isLessThan(64 << 10);
      }
      return response.statusCode();
    } catch (IOException e) {
      // The server may close while a body that it refused is still being sent.
      assertThat(platform.isAlive()).as(platform.log()).isTrue();
      return CUT;
    }
  }

  private static List<Attack> attacks() {
    String chat = "/v1/chat/completions";
    String head = "{\"model\":\"base\",\"messages\":[";
    String valid = head + "{\"role\":\"user\",\"content\":\"x\"}],\"logit_bias\":{";
    return List.of(
        new Attack(chat, "POST", head + repeated("{}", 1_300_000) + "]}"),
        new Attack(chat, "POST", head + repeated("{}", 40_000) + "]}"),
        new Attack(
            chat,
            "POST",
            head + "{\"role\":\"user\",\"content\":[" + repeated("{}", 1_200_000) + "]}]}"),
        new Attack(chat, "POST", valid + names(200_000, "") + "}}"),
        new Attack(chat, "POST", valid + names(50_000, "") + "}}"),
        new Attack(chat, "POST", everyLogprob(16)),
        new Attack(chat, "POST", everyLogprob(1)),
        new Attack(chat, "POST", head + "],\"a\":" + "[".repeat(2_000_000)),
        new Attack(chat, "POST", head + "],\"" + "n".repeat(3_900_000) + "\":1}"),
        new Attack(
            "/api/v1/keys",
            "POST",
            "{\"label\":\"x\",\"scopes\":[" + repeated("0", 500_000) + "]}"),
        new Attack("/api/v1/keys", "POST", "{" + names(60_000, "x") + "}"),
        new Attack(
            "/api/v1/adapters",
            "POST",
            "{\"name\":\"Bad\",\"labels\":{" + names(60_000, "l") + "}}"),
        new Attack(
            "/api/v1/capacity:preview", "POST", "{\"experts\":{" + names(60_000, "") + "}}"));
  }

  /** An answer that is long as tokens, and a thousand times longer as JSON. */
  private static String everyLogprob(int choices) {
    return PlatformFixture.chat("base", "x")
        .put("max_tokens", 1000)
        .put("n", choices)
        .put("ignore_eos", true)
        .put("logprobs", true)
        .put("top_logprobs", 20)
        .toString();
  }

  private static String repeated(String value, int count) {
    return (value + ",").repeat(count - 1) + value;
  }

  private static String names(int count, String prefix) {
    StringBuilder names = new StringBuilder();
    for (int i = 0; i < count; i++) {
      names.append(i == 0 ? "\"" : ",\"").append(prefix).append(i + 900_000).append("\":{}");
    }
    return names.toString();
  }
}
