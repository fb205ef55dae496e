package dev.heddle.it;

import java.util.List;
import java.util.Set;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import no.nav.security.mock.oauth2.OAuth2Config;
import no.nav.security.mock.oauth2.http.NettyWrapper;
import no.nav.security.mock.oauth2.token.OAuth2TokenProvider;
import org.jspecify.annotations.Nullable;

/**
 * The provider that the shared platform knows: whoever names himself at its login page is believed,
 * with the claims that he types. It runs from {@link #start} on, long after the platform.
 */
final class OidcProvider {
  static final String NAME = "Weave ID";

  /** Another site than the platform's 127.0.0.1, as browsers see it. */
  private static final int PORT = PlatformProcess.freePort();

  static final String ISSUER = "http://localhost:" + PORT + "/weave";

  private static @Nullable MockOAuth2Server server;

  private OidcProvider() {}

  /** What the platform is told of it; {@code {port}} is the platform's own. */
  static List<String> settings() {
    return List.of(
        "--heddle.console.oidc.issuer=" + ISSUER,
        "--heddle.console.oidc.client-id=heddle",
        "--heddle.console.oidc.client-secret=the-clients-secret",
        "--heddle.console.oidc.name=" + NAME,
        "--heddle.console.oidc.redirect-base=http://127.0.0.1:{port}",
        "--heddle.console.oidc.tenant-claim=org",
        "--heddle.console.oidc.roles-claim=access.roles",
        "--heddle.console.oidc.admin-roles=operators",
        "--heddle.console.oidc.adapters-roles=weavers",
        "--heddle.console.oidc.inference-roles=weavers",
        "--heddle.console.oidc.session-time=1h");
  }

  static synchronized void start() {
    if (server == null) {
      // On Netty: its other server wants another okhttp than OpenAI's client has.
      OAuth2Config config =
          new OAuth2Config(
              true, null, null, false, new OAuth2TokenProvider(), Set.of(), new NettyWrapper(null));
      MockOAuth2Server started = new MockOAuth2Server(config);
      started.start(PORT);
      server = started;
    }
  }

  static synchronized void stop() {
    if (server != null) {
      server.shutdown();
      server = null;
    }
  }

  /** Claims as the login page takes them. */
  static String claims(String org, String... roles) {
    return "{\"org\":\"%s\",\"access\":{\"roles\":[\"%s\"]},\"email\":\"jane@%s.example\"}"
        .formatted(org, String.join("\",\"", Set.of(roles)), org);
  }
}
