package dev.heddle.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.it.PlatformFixture;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;

/**
 * Grants an adapter to another tenant and takes it back: the tenant calls what it was granted, and
 * nothing else is there for it.
 */
final class GrantsLane implements Lane {
  private enum Granted {
    YES,
    NO,
    UNKNOWN
  }

  private final Client client;
  private final String adapter;
  private final String secret;
  private String guest = "";
  private Granted granted = Granted.NO;

  /**
   * @param secret an adapter that is granted to nobody
   */
  GrantsLane(Client client, String adapter, String secret) {
    this.client = client;
    this.adapter = adapter;
    this.secret = secret;
  }

  /** Makes the other tenant, and its key. */
  void begin() {
    assertThat(client.post("/api/v1/tenants", "{\"name\":\"guest\"}").status()).isEqualTo(201);
    Reply key =
        client.send(
            PlatformFixture.KEY,
            "POST",
            "/api/v1/keys",
            BodyPublishers.ofString("{\"label\":\"guest\",\"scopes\":[\"inference\"]}"),
            List.of("Content-Type", "application/json", "x-heddle-tenant", "guest"));
    assertThat(key.status()).as(key.body()).isEqualTo(201);
    guest = key.json().path("key").stringValue();
  }

  @Override
  public void step() {
    strangers();
    boolean grant = granted != Granted.YES;
    Reply changed =
        client.send(
            PlatformFixture.KEY,
            grant ? "PUT" : "DELETE",
            "/api/v1/adapters/" + adapter + "/grants/guest",
            BodyPublishers.noBody(),
            granted == Granted.UNKNOWN ? 404 : 0);
    granted = !changed.isDone() ? Granted.UNKNOWN : grant ? Granted.YES : Granted.NO;
  }

  private void strangers() {
    int status = ask(adapter);
    if (granted == Granted.NO && status == 200) {
      client.offence("a revoked grant is served");
    }
    if (granted == Granted.YES && status == 404) {
      client.offence("a grant is gone");
    }
    if (ask(secret) == 200) {
      client.offence("another tenant's adapter is served");
    }
  }

  private int ask(String name) {
    String request =
        PlatformFixture.chat("default/" + name, "hello").put("max_tokens", 1).toString();
    return client
        .send(guest, "POST", "/v1/chat/completions", BodyPublishers.ofString(request), 404)
        .status();
  }

  @Override
  public void check() {
    assertThat(ask(secret)).isEqualTo(404);
    if (granted != Granted.UNKNOWN) {
      assertThat(ask(adapter)).isEqualTo(granted == Granted.YES ? 200 : 404);
    }
  }
}
