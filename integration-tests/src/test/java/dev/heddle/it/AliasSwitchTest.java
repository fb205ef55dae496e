package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class AliasSwitchTest {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();
  private static final String NAME = "switched";
  private static final int SWITCHES = 1000;
  private static final int CLIENTS = 4;

  /** Between a client's requests, so that switches get a turn on two cores. */
  private static final int PAUSE_MS = 20;

  private static final List<String> PROMPTS =
      IntStream.range(0, 8).mapToObj(i -> "turn on the lights in room " + i).toList();

  /** What each version says to each prompt when nobody else asks. */
  private static final Map<String, List<Said>> ALONE = new HashMap<>();

  private static String[] versions;

  @BeforeAll
  static void computeEachVersionAlone() throws Exception {
    versions = new String[] {PLATFORM.upload(NAME, "intent"), PLATFORM.upload(NAME, "intent-v2")};
    for (String model : List.of(NAME + "@1", NAME + "@2")) {
      List<Said> said = new ArrayList<>();
      for (String prompt : PROMPTS) {
        HttpResponse<String> answer = ask(model, prompt, false);
        assertThat(answer.headers().firstValue("x-heddle-version")).hasValue(model);
        said.add(Said.ofWhole(answer.body()));
      }
      ALONE.put(model, said);
    }
    for (int i = 0; i < PROMPTS.size(); i++) {
      assertThat(ALONE.get(NAME + "@1").get(i)).isNotEqualTo(ALONE.get(NAME + "@2").get(i));
    }
  }

  @Test
  void every_answer_while_a_name_is_switched_is_that_of_exactly_one_of_its_versions()
      throws Exception {
    publish(0);
    Set<String> answered = new HashSet<>();
    AtomicBoolean over = new AtomicBoolean();
    try (ExecutorService pool = Executors.newFixedThreadPool(CLIENTS)) {
      List<Future<Set<String>>> clients = new ArrayList<>();
      for (int client = 0; client < CLIENTS; client++) {
        boolean stream = client % 2 == 0;
        clients.add(pool.submit(() -> askUntil(over, stream)));
      }
      try {
        for (int i = 1; i <= SWITCHES; i++) {
          publish(i % 2);
        }
      } finally {
        over.set(true);
      }
      for (Future<Set<String>> client : clients) {
        answered.addAll(client.get());
      }
    }
    assertThat(answered).isEqualTo(ALONE.keySet());
  }

  private static void publish(int version) {
    PlatformFixture.expect(200, PLATFORM.post(versions[version] + ":publish", ""));
  }

  /** Asks and checks, over and over; the versions that answered. */
  private static Set<String> askUntil(AtomicBoolean over, boolean stream)
      throws InterruptedException {
    Set<String> answered = new HashSet<>();
    for (int i = 0; !over.get(); i++) {
      int prompt = i % PROMPTS.size();
      HttpResponse<String> answer = ask(NAME, PROMPTS.get(prompt), stream);
      String version = answer.headers().firstValue("x-heddle-version").orElseThrow();
      Said said = stream ? Said.ofStream(answer.body()) : Said.ofWhole(answer.body());
      assertThat(said).as(version).isEqualTo(ALONE.get(version).get(prompt));
      answered.add(version);
      Thread.sleep(PAUSE_MS);
    }
    return answered;
  }

  private static HttpResponse<String> ask(String model, String prompt, boolean stream) {
    ObjectNode request =
        PlatformFixture.chat(model, prompt).put("max_tokens", 12).put("stream", stream);
    HttpResponse<String> answer = PLATFORM.post("/v1/chat/completions", request.toString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer;
  }
}
