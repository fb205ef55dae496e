package dev.heddle.app.oidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import dev.heddle.app.tenant.Seal;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is taken from a provider, and what is not. */
class ProviderTest {
  /** As long as a secret of HS256 has to be. */
  private static final String SECRET = "a-client-secret-of-more-than-32-characters";

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final PendingSignIn pending =
      PendingSignIn.of(new Seal(new byte[32]), "state-1", Instant.now(), "/console");
  private FakeProvider fake;

  @BeforeEach
  void start() throws IOException, JOSEException {
    fake = new FakeProvider();
  }

  @AfterEach
  void stop() {
    fake.close();
  }

  private ProviderSettings settings() {
    return new ProviderSettings(
        fake.issuer(),
        FakeProvider.CLIENT,
        SECRET,
        "Fake",
        URI.create("http://localhost/console/sign-in/oidc/callback"),
        List.of("openid", "email"));
  }

  private Provider provider() throws IOException {
    return Provider.discover(settings(), new ProviderHttp(true, PATIENCE));
  }

  @Test
  void the_way_there_has_state_nonce_and_the_digest_of_the_verifier_alone()
      throws IOException, NoSuchAlgorithmException {
    String address = provider().signIn(pending).toString();
    byte[] digest =
        MessageDigest.getInstance("SHA-256")
            .digest(pending.verifier().getBytes(StandardCharsets.US_ASCII));

    assertThat(address)
        .startsWith(fake.issuer() + "/authorize?")
        .contains(
            "response_type=code",
            "client_id=heddle",
            "state=state-1",
            "nonce=" + pending.nonce(),
            "code_challenge_method=S256",
            "code_challenge=" + Base64.getUrlEncoder().withoutPadding().encodeToString(digest))
        .doesNotContain(pending.verifier(), SECRET);
  }

  @Test
  void a_good_token_is_taken_and_the_code_is_asked_for_with_secret_and_verifier() throws Exception {
    fake.gives(fake.signed(fake.claims(pending.nonce()).build()));

    assertThat(provider().redeem("code-1", pending).getSubject()).isEqualTo("jane-1");
    assertThat(fake.tokenRequests)
        .singleElement()
        .asString()
        .startsWith("Basic ")
        .contains("grant_type=authorization_code", "code=code-1", pending.verifier());
  }

  @Test
  void clocks_may_differ_by_a_minute_and_no_more() throws Exception {
    Instant now = Instant.now();
    fake.gives(
        fake.signed(
            fake.claims(pending.nonce()).expirationTime(Date.from(now.minusSeconds(20))).build()));
    assertThat(provider().redeem("code", pending)).isNotNull();

    refuses(
        fake.signed(
            fake.claims(pending.nonce()).expirationTime(Date.from(now.minusSeconds(90))).build()),
        "Expired");
    refuses(
        fake.signed(
            fake.claims(pending.nonce()).issueTime(Date.from(now.plusSeconds(300))).build()),
        "issue time");
  }

  @Test
  void a_token_for_somebody_else_or_of_somebody_else_is_refused() throws Exception {
    refuses(fake.signed(fake.claims(pending.nonce()).audience("other").build()), "audience");
    refuses(fake.signed(fake.claims(pending.nonce()).issuer("https://evil").build()), "issuer");
    refuses(fake.signed(fake.claims("other").build()), "nonce");
    refuses(fake.signed(fake.claims(pending.nonce()).claim("nonce", null).build()), "nonce");
    refuses(fake.signed(fake.claims(pending.nonce()).subject(null).build()), "subject");
  }

  @Test
  void only_the_providers_own_signature_counts() throws Exception {
    JWTClaimsSet claims = fake.claims(pending.nonce()).build();
    RSAKey stranger = new RSAKeyGenerator(2048).keyID("one").generate();

    refuses(
        FakeProvider.signed(
            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("one").build(),
            claims,
            new RSASSASigner(stranger)),
        "signature");
    refuses(
        FakeProvider.signed(new JWSHeader(JWSAlgorithm.HS256), claims, new MACSigner(SECRET)), "");
    refuses(new PlainJWT(claims).serialize(), "");
  }

  @Test
  void a_new_key_of_the_provider_is_found() throws Exception {
    fake.gives(fake.signed(fake.claims(pending.nonce()).build()));
    Provider provider = provider();
    provider.redeem("code", pending);
    RSAKey next = new RSAKeyGenerator(2048).keyID("two").generate();
    fake.says("/keys", 200, new com.nimbusds.jose.jwk.JWKSet(next.toPublicJWK()).toString());
    fake.gives(
        FakeProvider.signed(
            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("two").build(),
            fake.claims(pending.nonce()).build(),
            new RSASSASigner(next)));

    assertThat(provider.redeem("code", pending)).isNotNull();
  }

  @Test
  void a_code_that_the_provider_does_not_know_is_told_from_a_provider_that_fails()
      throws Exception {
    Provider provider = provider();
    fake.says("/token", 400, "{\"error\":\"invalid_grant\"}");
    assertThatThrownBy(() -> provider.redeem("code", pending))
        .isInstanceOf(CodeRefusedException.class);

    fake.says("/token", 401, "{\"error\":\"invalid_client\"}");
    assertThatThrownBy(() -> provider.redeem("code", pending))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("invalid_client");
    fake.says("/token", 500, "oops");
    assertThatThrownBy(() -> provider.redeem("code", pending)).isInstanceOf(IOException.class);
    fake.says("/token", 200, "{\"id_token\":\"secret-not-to-be-told\"");
    assertThatThrownBy(() -> provider.redeem("code", pending))
        .isInstanceOf(IOException.class)
        .message()
        .doesNotContain("secret-not-to-be-told");
  }

  @Test
  void a_discovery_document_has_to_be_the_issuers_and_to_name_safe_places() {
    String path = "/.well-known/openid-configuration";
    fake.says(path, 200, fake.discovery("https://other", fake.issuer() + "/token"));
    assertThatThrownBy(this::provider).hasMessageContaining("https://other");
    fake.says(path, 200, fake.discovery(fake.issuer(), "ftp://127.0.0.1/token"));
    assertThatThrownBy(this::provider).hasMessageContaining("endpoint");
    fake.says(path, 200, "[]");
    assertThatThrownBy(this::provider).isInstanceOf(IOException.class);
    fake.says(path, 500, "{}");
    assertThatThrownBy(this::provider).hasMessageContaining("500");
    fake.says(path, 200, "x".repeat(2 << 20));
    assertThatThrownBy(this::provider).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> Provider.discover(settings(), new ProviderHttp(false, PATIENCE)))
        .hasMessageContaining("https");
  }

  @Test
  void a_provider_that_does_not_answer_is_given_up() throws IOException {
    try (ServerSocket silent = new ServerSocket(0)) {
      String issuer = "http://127.0.0.1:" + silent.getLocalPort();
      ProviderSettings settings =
          new ProviderSettings(
              issuer, "heddle", null, "Silent", URI.create("http://localhost/"), List.of("openid"));

      assertThatThrownBy(
              () -> Provider.discover(settings, new ProviderHttp(true, Duration.ofMillis(300))))
          .isInstanceOf(IOException.class);
    }
  }

  private void refuses(String token, String why) throws IOException {
    fake.gives(token);
    Provider provider = provider();
    assertThatThrownBy(() -> provider.redeem("code", pending))
        .isInstanceOf(BadTokenException.class)
        .hasMessageContaining(why);
  }
}
