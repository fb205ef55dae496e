package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One owner's doings on a platform that may be killed at any moment, and a book of what the
 * platform has acknowledged. Versions take turns among the demo adapters; each is uploaded,
 * completed, named by the adapter and by an alias, asked, and archived when two later ones are
 * there.
 */
final class CrashLane {
  static final List<String> FOLDERS = PlatformFixture.ADAPTERS;
  private static final List<String> FILES = List.of("expert_cfg.json", "model.safetensors");

  private enum Step {
    BEGUN,
    READY,
    ARCHIVED
  }

  private final String adapter;
  private final String alias;
  private final int first;
  private final Map<Integer, Step> versions = new TreeMap<>();
  private final Map<Integer, Set<String>> files = new TreeMap<>();
  private int published;
  private int aliased;

  /** What was asked for and not answered, e.g. {@code publish 3}; empty if nothing is. */
  private String inFlight = "";

  /**
   * @param first index of the demo adapter that the first version is
   */
  CrashLane(String adapter, int first) {
    this.adapter = adapter;
    this.alias = adapter + "-canary";
    this.first = first;
  }

  /** Works until the platform goes away. */
  void work(PlatformProcess platform) {
    try {
      while (true) {
        round(platform);
      }
    } catch (IOException e) {
      // killed: the book says what was answered
    }
  }

  private void round(PlatformProcess platform) throws IOException {
    int number = begin(platform);
    for (String file : FILES) {
      Path path = folder(number).resolve(file);
      change(
          platform,
          "put " + number + " " + file,
          "/versions/" + number + "/files/" + file,
          request -> request.PUT(body(path)));
      files.get(number).add(file);
    }
    verb(platform, number, "complete");
    versions.put(number, Step.READY);
    verb(platform, number, "publish");
    published = number;
    ask(platform, adapter, number);
    point(platform, number);
    int old = number - 2;
    if (versions.get(old) == Step.READY) {
      change(platform, "archive " + old, "/versions/" + old, HttpRequest.Builder::DELETE);
      versions.put(old, Step.ARCHIVED);
    }
  }

  private int begin(PlatformProcess platform) throws IOException {
    JsonNode begun = change(platform, "begin", "/versions", CrashLane::post);
    int number = begun.path("number").asInt();
    versions.put(number, Step.BEGUN);
    files.put(number, new TreeSet<>());
    return number;
  }

  private void point(PlatformProcess platform, int number) throws IOException {
    String targets = "{\"targets\": [{\"version\": \"%s@%d\"}]}".formatted(adapter, number);
    inFlight = "alias " + number;
    expect(
        platform.send(
            platform
                .request("/api/v1/aliases/" + alias)
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(targets))));
    inFlight = "";
    aliased = number;
  }

  private void verb(PlatformProcess platform, int number, String verb) throws IOException {
    change(platform, verb + " " + number, "/versions/" + number + ":" + verb, CrashLane::post);
  }

  private static HttpRequest.Builder post(HttpRequest.Builder request) {
    return request.POST(BodyPublishers.noBody());
  }

  private static HttpRequest.BodyPublisher body(Path file) {
    try {
      return BodyPublishers.ofFile(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private JsonNode change(
      PlatformProcess platform, String what, String path, UnaryOperator<HttpRequest.Builder> how)
      throws IOException {
    inFlight = what;
    JsonNode answer =
        expect(platform.send(how.apply(platform.request("/api/v1/adapters/" + adapter + path))));
    inFlight = "";
    return answer;
  }

  private static JsonNode expect(HttpResponse<String> response) {
    assertThat(response.statusCode())
        .as(response.request().method() + " " + response.uri() + ": " + response.body())
        .isBetween(200, 299);
    return PlatformFixture.parse(response.body());
  }

  // ---- after the restart

  /** Everything acknowledged is there, and nothing half-done is servable; then all is finished. */
  void check(PlatformProcess platform) throws IOException {
    Map<Integer, JsonNode> found = found(platform);
    for (JsonNode version : found.values()) {
      check(platform, version);
    }
    assertThat(found.keySet()).as(about("versions")).containsAll(versions.keySet());
    published = meaning(platform, "/api/v1/adapters/" + adapter, published, "publish");
    aliased = meaning(platform, "/api/v1/aliases/" + alias, aliased, "alias");
    inFlight = "";
    if (published > 0) {
      ask(platform, adapter, published);
    }
    if (aliased > 0) {
      ask(platform, alias, aliased);
    }
  }

  private Map<Integer, JsonNode> found(PlatformProcess platform) throws IOException {
    Map<Integer, JsonNode> found = new TreeMap<>();
    HttpResponse<String> response =
        platform.send(
            platform.request("/api/v1/adapters/" + adapter + "/versions?limit=1000").GET());
    if (response.statusCode() != 404) {
      expect(response).path("items").forEach(v -> found.put(v.path("number").asInt(), v));
    }
    return found;
  }

  private void check(PlatformProcess platform, JsonNode version) throws IOException {
    int number = version.path("number").asInt();
    String state = version.path("state").asString("");
    Step known = versions.get(number);
    if (known == null) {
      assertThat(inFlight)
          .as(about("version " + number + " was never asked for"))
          .isEqualTo("begin");
      versions.put(number, Step.BEGUN);
      files.put(number, new TreeSet<>());
      return;
    }
    switch (known) {
      case ARCHIVED -> assertThat(state).as(about(number)).isEqualTo("ARCHIVED");
      case READY -> {
        if (inFlight.equals("archive " + number) && state.equals("ARCHIVED")) {
          versions.put(number, Step.ARCHIVED);
        } else {
          assertThat(state).as(about(number)).isEqualTo("READY");
        }
      }
      case BEGUN -> checkUpload(platform, number, state);
    }
  }

  private void checkUpload(PlatformProcess platform, int number, String state) throws IOException {
    boolean completing = inFlight.equals("complete " + number);
    assertThat(state)
        .as(about(number))
        .isIn(completing ? List.of("UPLOADING", "READY") : List.of("UPLOADING"));
    if (state.equals("READY")) {
      versions.put(number, Step.READY);
      return;
    }
    String path = "/api/v1/adapters/" + adapter + "/versions/" + number;
    Set<String> stored = new TreeSet<>();
    expect(platform.send(platform.request(path + "/files").GET()))
        .path("items")
        .forEach(file -> stored.add(file.path("path").asString("")));
    assertThat(stored).as(about(number)).containsAll(files.get(number));
    if (completing) {
      expect(platform.send(post(platform.request(path + ":complete"))));
      versions.put(number, Step.READY);
    }
  }

  /** Which version a name means: the one acknowledged last, or the one that was being set. */
  private int meaning(PlatformProcess platform, String path, int acknowledged, String verb)
      throws IOException {
    HttpResponse<String> response = platform.send(platform.request(path).GET());
    String version =
        response.statusCode() == 404
            ? ""
            : expect(response).path("targets").path(0).path("version").asString("");
    int means = version.isEmpty() ? 0 : Integer.parseInt(version.split("@", 2)[1]);
    if (!inFlight.equals(verb + " " + means)) {
      assertThat(means).as(about(path)).isEqualTo(acknowledged);
    }
    return means;
  }

  /** The name answers as the version's demo adapter does, token for token. */
  private void ask(PlatformProcess platform, String name, int number) throws IOException {
    JsonNode example = CrashTest.example(folderName(number));
    String chat = PlatformFixture.chat(name, example.path("prompt").stringValue()).toString();
    HttpResponse<String> response =
        platform.send(
            platform
                .request("/v1/chat/completions")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(chat)));
    JsonNode choice = expect(response).path("choices").path(0);
    assertThat(response.headers().firstValue("x-heddle-version")).contains(adapter + "@" + number);
    assertThat(choice.path("token_ids")).as(about(name)).isEqualTo(example.path("tokens"));
  }

  /** Folders of the demo whose experts the store has to have: those of ready versions. */
  Set<String> liveFolders() {
    Set<String> live = new TreeSet<>();
    versions.forEach((number, step) -> {
      if (step == Step.READY) {
        live.add(folderName(number));
      }
    });
    return live;
  }

  private Path folder(int number) {
    return PlatformFixture.DEMO.resolve("adapters").resolve(folderName(number));
  }

  private String folderName(int number) {
    return FOLDERS.get((first + number) % FOLDERS.size());
  }

  private String about(@Nullable Object what) {
    return adapter + " " + what + ", in flight: '" + inFlight + "', book: " + versions;
  }
}
