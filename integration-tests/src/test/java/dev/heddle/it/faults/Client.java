package dev.heddle.it.faults;

import dev.heddle.app.error.ErrorCode;
import dev.heddle.it.PlatformFixture;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/**
 * Asks the platform, and judges the manner of what it answers: within the time that is stated; what
 * it cannot do now by a documented code, with {@code Retry-After}; no word of its inside. Safe for
 * any thread.
 */
final class Client {
  /** Longer than any wait that the settings of {@link Place} allow, together. */
  private static final Duration PATIENCE = Duration.ofSeconds(25);

  /** What may come while something is broken, and goes with it. */
  private static final Set<String> PASSING =
      Set.of(
              ErrorCode.QUEUE_FULL,
              ErrorCode.ADAPTER_UNAVAILABLE,
              ErrorCode.DATABASE_UNAVAILABLE,
              ErrorCode.STORE_UNAVAILABLE)
          .stream()
          .map(ErrorCode::code)
          .collect(Collectors.toSet());

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final String url;
  private final List<String> offences;
  private volatile boolean mayBreak;

  Client(String url) {
    this.url = url;
    this.offences = new CopyOnWriteArrayList<>();
  }

  /** What was not as it should be so far. */
  List<String> offences() {
    return offences;
  }

  /** Something happened that must not. */
  void offence(String what) {
    offences.add(what);
  }

  /** Whether connections may break off, because the platform is killed. */
  void mayBreak(boolean mayBreak) {
    this.mayBreak = mayBreak;
  }

  /** As the operator. */
  Reply get(String path) {
    return send(PlatformFixture.KEY, "GET", path, BodyPublishers.noBody());
  }

  /** As the operator. */
  Reply post(String path, String json) {
    return send(PlatformFixture.KEY, "POST", path, BodyPublishers.ofString(json));
  }

  /**
   * @param expected statuses of 400 and more that are answers to what is asked, beside what passes
   */
  Reply send(String key, String method, String path, BodyPublisher body, int... expected) {
    return send(key, method, path, body, List.of(), expected);
  }

  Reply send(
      String key,
      String method,
      String path,
      BodyPublisher body,
      List<String> headers,
      int... expected) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(path.startsWith("http") ? path : url + path))
            .timeout(PATIENCE)
            .header("Authorization", "Bearer " + key)
            .method(method, body);
    if (headers.isEmpty()) {
      request.header("Content-Type", "application/json");
    }
    for (int i = 0; i < headers.size(); i += 2) {
      request.header(headers.get(i), headers.get(i + 1));
    }
    boolean couldBreak = mayBreak;
    String what = method + " " + path;
    try {
      HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
      Reply reply = new Reply(answer.statusCode(), answer.body(), answer.headers());
      judge(what, reply, expected);
      return reply;
    } catch (HttpTimeoutException e) {
      offence(what + " hangs: no answer in " + PATIENCE.toSeconds() + " s");
    } catch (IOException e) {
      if (!couldBreak && !mayBreak) {
        offence(what + " broke off: " + e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Reply.BROKEN;
  }

  private void judge(String what, Reply reply, int... expected) {
    String told = what + ": " + reply.status() + " " + reply.body();
    if (reply.status() < 400) {
      return;
    }
    if (reply.body().contains("\tat ") || reply.body().contains("Exception")) {
      offence("shows its inside: " + told);
    }
    if (Arrays.stream(expected).anyMatch(status -> status == reply.status())) {
      return;
    }
    boolean head = what.startsWith("HEAD") && (reply.status() == 503 || reply.status() == 429);
    if (!head && !PASSING.contains(reply.code())) {
      offence("is no documented refusal: " + told);
    } else if (reply.header("Retry-After").isEmpty()) {
      offence("does not say when to try again: " + told);
    }
  }
}
