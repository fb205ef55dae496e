package dev.heddle.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.it.PlatformFixture;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * Uploads version after version in pieces, completes, publishes, asks and archives: what was
 * acknowledged stays, whatever breaks between two steps or in the middle of one.
 */
final class VersionsLane implements Lane {
  private static final String ADAPTER = "lane";
  private static final String PATH = "/api/v1/adapters/" + ADAPTER + "/versions";
  private static final List<String> FOLDERS = List.of("sql", "dates", "triage");
  private static final List<String> FILES = List.of("expert_cfg.json", "model.safetensors");
  private static final int PIECE = 1 << 20;
  private static final int READY_MOST = 2;

  private enum Step {
    BEGIN,
    CREATE,
    SEND,
    COMPLETE,
    PUBLISH,
    ASK
  }

  private record Ready(int number, String folder) {}

  private final Client client;
  private final Deque<Ready> ready = new ArrayDeque<>();
  private Step step = Step.BEGIN;
  private int number;
  private int published;
  private int file;
  private String upload = "";
  private int acknowledged;

  VersionsLane(Client client) {
    this.client = client;
  }

  /** How many were made ready. */
  int made() {
    return number;
  }

  @Override
  public void step() throws IOException {
    switch (step) {
      case BEGIN -> begin();
      case CREATE -> create();
      case SEND -> send();
      case COMPLETE -> complete();
      case PUBLISH -> publish();
      case ASK -> {
        ask(number, folder());
        archiveOld();
        step = Step.BEGIN;
      }
    }
  }

  private void begin() {
    Reply begun = post(PATH);
    if (begun.isDone()) {
      number = begun.json().path("number").intValue();
      file = 0;
      step = Step.CREATE;
    }
  }

  private void create() throws IOException {
    String name =
        Base64.getEncoder().encodeToString(FILES.get(file).getBytes(StandardCharsets.US_ASCII));
    Reply created =
        tus(
            "POST",
            PATH + "/" + number + "/uploads",
            new byte[0],
            "Upload-Length",
            "" + bytes().length,
            "Upload-Metadata",
            "filename " + name);
    if (created.isDone()) {
      upload = created.header("Location");
      acknowledged = 0;
      step = Step.SEND;
    }
  }

  private void send() throws IOException {
    Reply head = tus("HEAD", upload, new byte[0]);
    if (!head.isDone()) {
      return;
    }
    byte[] all = bytes();
    int offset = Integer.parseInt(head.header("Upload-Offset"));
    if (offset < acknowledged) {
      client.offence("an upload is at " + offset + ", and was at " + acknowledged);
    }
    acknowledged = offset;
    if (offset < all.length) {
      byte[] piece = Arrays.copyOfRange(all, offset, Math.min(all.length, offset + PIECE));
      Reply sent = tus("PATCH", upload, piece, "Upload-Offset", "" + offset);
      if (sent.isDone()) {
        acknowledged = Integer.parseInt(sent.header("Upload-Offset"));
      }
    }
    if (acknowledged == all.length) {
      file++;
      step = file < FILES.size() ? Step.CREATE : Step.COMPLETE;
    }
  }

  /** What was not acknowledged may have been done all the same. */
  private void complete() {
    Reply reply = post(PATH + "/" + number + ":complete", 409);
    String state = reply.isDone() ? reply.json().path("state").asString("") : "";
    if (reply.status() == 409) {
      state = state(number);
    }
    if (state.equals("READY")) {
      ready.add(new Ready(number, folder()));
      step = Step.PUBLISH;
    } else if (state.equals("REJECTED")) {
      client.offence("a good version was rejected: " + reply.body());
    }
  }

  private void publish() {
    if (post(PATH + "/" + number + ":publish").isDone()) {
      published = number;
      step = Step.ASK;
    }
  }

  private void archiveOld() {
    while (ready.size() > READY_MOST) {
      Ready old = ready.removeFirst();
      client.send(
          PlatformFixture.KEY, "DELETE", PATH + "/" + old.number(), BodyPublishers.noBody(), 409);
    }
  }

  /** Whether it answered; then as the demo's authors had it. */
  private boolean ask(int version, String folder) throws IOException {
    Path examples = PlatformFixture.DEMO.resolve("examples/" + folder + ".jsonl");
    JsonNode example = PlatformFixture.parse(Files.readAllLines(examples).getFirst());
    String request =
        PlatformFixture.chat(ADAPTER + "@" + version, example.path("prompt").stringValue())
            .toString();
    Reply reply = client.post("/v1/chat/completions", request);
    if (!reply.isDone()) {
      return false;
    }
    JsonNode said = reply.json().path("choices").path(0).path("token_ids");
    if (!said.equals(example.path("tokens"))) {
      client.offence(ADAPTER + "@" + version + " said " + said + ", and not as " + folder);
    }
    return true;
  }

  @Override
  public void check() throws IOException {
    for (Ready each : ready) {
      assertThat(state(each.number())).as(ADAPTER + "@" + each.number()).isEqualTo("READY");
      assertThat(ask(each.number(), each.folder())).as(ADAPTER + "@" + each.number()).isTrue();
    }
    if (step == Step.SEND) {
      Reply head = tus("HEAD", upload, new byte[0]);
      assertThat(head.status()).as("an upload").isEqualTo(200);
      assertThat(Integer.parseInt(head.header("Upload-Offset")))
          .as("an upload's offset")
          .isGreaterThanOrEqualTo(acknowledged);
    }
    if (step == Step.BEGIN && published > 0) {
      Reply name = client.get("/v1/models/" + ADAPTER);
      assertThat(name.json().path("root").asString("")).isEqualTo(ADAPTER + "@" + published);
    }
  }

  // ---- requests

  private Reply post(String path, int... expected) {
    return client.send(PlatformFixture.KEY, "POST", path, BodyPublishers.noBody(), expected);
  }

  /** With what tus asks for; 409, 423: the request before is still writing, or came further. */
  private Reply tus(String method, String path, byte[] body, String... headers) {
    List<String> all = new ArrayList<>(List.of("Tus-Resumable", "1.0.0"));
    all.addAll(List.of(headers));
    if (method.equals("PATCH")) {
      all.addAll(List.of("Content-Type", "application/offset+octet-stream"));
    }
    return client.send(
        PlatformFixture.KEY,
        method,
        path,
        body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body),
        all,
        409,
        423);
  }

  private String state(int version) {
    Reply reply = client.get(PATH + "/" + version);
    return reply.isDone() ? reply.json().path("state").asString("") : "";
  }

  private String folder() {
    return FOLDERS.get(number % FOLDERS.size());
  }

  private byte[] bytes() throws IOException {
    return Files.readAllBytes(
        PlatformFixture.DEMO.resolve("adapters").resolve(folder()).resolve(FILES.get(file)));
  }
}
