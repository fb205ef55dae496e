package dev.heddle.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.it.PlatformFixture;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayDeque;
import java.util.Deque;
import tools.jackson.databind.JsonNode;

/** Makes keys and revokes them: one that was made works, one that was revoked is refused. */
final class KeysLane implements Lane {
  private static final String NEW = "{\"label\":\"lane\",\"scopes\":[\"inference\"]}";
  private static final int KEPT = 4;

  private record Key(String id, String text) {}

  private final Client client;
  private final Deque<Key> live = new ArrayDeque<>();
  private final Deque<Key> revoked = new ArrayDeque<>();

  KeysLane(Client client) {
    this.client = client;
  }

  @Override
  public void step() {
    for (Key key : revoked) {
      if (ask(key) == 200) {
        client.offence("the revoked key " + key.id() + " is served");
      }
    }
    if (live.size() < KEPT) {
      make();
    } else {
      revoke(live.removeFirst());
    }
  }

  private void make() {
    Reply made = client.post("/api/v1/keys", NEW);
    if (made.isDone()) {
      JsonNode key = made.json();
      live.add(new Key(key.path("id").stringValue(), key.path("key").stringValue()));
    }
  }

  /** One whose revocation was not acknowledged is anything from here on. */
  private void revoke(Key key) {
    Reply reply =
        client.send(
            PlatformFixture.KEY, "DELETE", "/api/v1/keys/" + key.id(), BodyPublishers.noBody());
    if (reply.isDone()) {
      revoked.add(key);
      if (revoked.size() > KEPT) {
        revoked.removeFirst();
      }
    }
  }

  private int ask(Key key) {
    return client.send(key.text(), "GET", "/v1/models", BodyPublishers.noBody(), 401).status();
  }

  @Override
  public void check() {
    live.forEach(key -> assertThat(ask(key)).as("key " + key.id()).isEqualTo(200));
    revoked.forEach(key -> assertThat(ask(key)).as("revoked " + key.id()).isEqualTo(401));
  }
}
