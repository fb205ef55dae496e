package dev.heddle.app.oidc;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWT;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.ClientAuthenticationMethod;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.Nonce;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponse;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The provider as its discovery document describes it: where browsers go, and what a code they come
 * back with says of them. Blocks; safe for any thread.
 */
final class Provider {
  /** By how much its clock and ours may differ. */
  static final int CLOCK_SKEW_SECONDS = 60;

  /** Only what the provider's private key signs: no shared secret, and never none. */
  private static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(
          JWSAlgorithm.RS256,
          JWSAlgorithm.RS384,
          JWSAlgorithm.RS512,
          JWSAlgorithm.PS256,
          JWSAlgorithm.PS384,
          JWSAlgorithm.PS512,
          JWSAlgorithm.ES256,
          JWSAlgorithm.ES384,
          JWSAlgorithm.ES512);

  private final ProviderSettings settings;
  private final ProviderHttp http;
  private final OIDCProviderMetadata metadata;
  private final IDTokenValidator validator;

  private Provider(ProviderSettings settings, ProviderHttp http, OIDCProviderMetadata metadata)
      throws IOException {
    this.settings = settings;
    this.http = http;
    this.metadata = metadata;
    JWKSource<SecurityContext> keys =
        JWKSourceBuilder.create(metadata.getJWKSetURI().toURL(), http)
            .refreshAheadCache(false)
            .build();
    this.validator =
        new IDTokenValidator(
            new Issuer(settings.issuer()),
            new ClientID(settings.clientId()),
            new JWSVerificationKeySelector<>(ALGORITHMS, keys),
            null);
    this.validator.setMaxClockSkew(CLOCK_SKEW_SECONDS);
  }

  /**
   * Asks the provider where it has what.
   *
   * @throws IOException if it does not answer, or not as it should
   */
  static Provider discover(ProviderSettings settings, ProviderHttp http) throws IOException {
    Issuer issuer = new Issuer(settings.issuer());
    OIDCProviderMetadata metadata;
    try {
      URI address = OIDCProviderMetadata.resolveURL(issuer).toURI();
      metadata = OIDCProviderMetadata.parse(http.text(address));
    } catch (com.nimbusds.oauth2.sdk.GeneralException | java.net.URISyntaxException e) {
      throw new IOException("the discovery document cannot be read: " + e.getMessage(), e);
    }
    if (!metadata.getIssuer().equals(issuer)) {
      throw new IOException(
          "the discovery document is of the issuer " + metadata.getIssuer() + ", not " + issuer);
    }
    URI[] addresses = {
      metadata.getAuthorizationEndpointURI(),
      metadata.getTokenEndpointURI(),
      metadata.getJWKSetURI()
    };
    if (!Stream.of(addresses).allMatch(address -> address != null && http.isSafe(address))) {
      throw new IOException("the discovery document lacks an endpoint, or one is not https");
    }
    return new Provider(settings, http, metadata);
  }

  /** Where a browser goes to sign in. */
  URI signIn(PendingSignIn pending) {
    return new AuthenticationRequest.Builder(
            ResponseType.CODE,
            new Scope(settings.scopes().toArray(String[]::new)),
            new ClientID(settings.clientId()),
            settings.callback())
        .endpointURI(metadata.getAuthorizationEndpointURI())
        .state(new State(pending.state()))
        .nonce(new Nonce(pending.nonce()))
        .codeChallenge(new CodeVerifier(pending.verifier()), CodeChallengeMethod.S256)
        .build()
        .toURI();
  }

  /** Whether an answer came from this provider and not from another one (RFC 9207). */
  boolean isFrom(@org.jspecify.annotations.Nullable String issuer) {
    return issuer == null
        ? !metadata.supportsAuthorizationResponseIssuerParam()
        : issuer.equals(settings.issuer());
  }

  /**
   * Takes a code for an id token, and checks it: signature, algorithm, issuer, audience, expiry,
   * and that it is of the sign-in that was begun.
   *
   * @return its claims
   * @throws IOException if the provider does not answer, or not as it should
   * @throws CodeRefusedException if the provider does not know the code
   * @throws BadTokenException if the token is not good
   */
  JWTClaimsSet redeem(String code, PendingSignIn pending)
      throws IOException, CodeRefusedException, BadTokenException {
    AuthorizationCodeGrant grant =
        new AuthorizationCodeGrant(
            new AuthorizationCode(code), settings.callback(), new CodeVerifier(pending.verifier()));
    JWT token = token(request(grant));
    try {
      validator.validate(token, new Nonce(pending.nonce()));
      return token.getJWTClaimsSet();
    } catch (BadJOSEException | java.text.ParseException e) {
      throw new BadTokenException(String.valueOf(e.getMessage()));
    } catch (JOSEException e) { // no key could be had
      throw new IOException("the provider's keys cannot be read: " + e.getMessage(), e);
    }
  }

  private TokenRequest request(AuthorizationCodeGrant grant) {
    URI endpoint = metadata.getTokenEndpointURI();
    ClientID client = new ClientID(settings.clientId());
    String secret = settings.clientSecret();
    if (secret == null) {
      return new TokenRequest.Builder(endpoint, client, grant).build();
    }
    List<ClientAuthenticationMethod> methods = metadata.getTokenEndpointAuthMethods();
    boolean inBody =
        methods != null
            && !methods.contains(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
            && methods.contains(ClientAuthenticationMethod.CLIENT_SECRET_POST);
    ClientAuthentication proof =
        inBody
            ? new ClientSecretPost(client, new Secret(secret))
            : new ClientSecretBasic(client, new Secret(secret));
    return new TokenRequest.Builder(endpoint, proof, grant).build();
  }

  /** Says nothing of what the answer holds. */
  private JWT token(TokenRequest request) throws IOException, CodeRefusedException {
    TokenResponse answer;
    try {
      answer = OIDCTokenResponseParser.parse(request.toHTTPRequest().send(http));
    } catch (ParseException e) {
      throw new IOException("the token endpoint's answer cannot be read");
    }
    if (!answer.indicatesSuccess()) {
      ErrorObject error = answer.toErrorResponse().getErrorObject();
      if (OAuth2Error.INVALID_GRANT.equals(error)) {
        throw new CodeRefusedException();
      }
      throw new IOException(
          "the token endpoint answered "
              + error.getHTTPStatusCode()
              + " "
              + Words.of(error.getCode()));
    }
    JWT token =
        answer.toSuccessResponse() instanceof OIDCTokenResponse good
            ? good.getOIDCTokens().getIDToken()
            : null;
    if (token == null) {
      throw new IOException("the token endpoint's answer has no id token");
    }
    return token;
  }
}
