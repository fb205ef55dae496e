package dev.heddle.app.oidc;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import dev.heddle.app.tenant.Seal;
import dev.heddle.app.tenant.Session;
import dev.heddle.app.tenant.Sessions;
import dev.heddle.registry.access.ApiKey;
import dev.heddle.registry.access.Scope;
import dev.heddle.registry.access.SignIns;
import dev.heddle.registry.access.SignIns.Person;
import dev.heddle.registry.snapshot.SnapshotSource;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpCookie;
import org.springframework.http.ResponseCookie;
import org.springframework.http.server.reactive.ServerHttpRequest;

/**
 * Sign-in at a provider: authorization code flow with PKCE, state and nonce. The provider is asked
 * when somebody signs in, never at start. Blocks; safe for any thread.
 */
public final class OidcSignIn {
  /** Ties the way back from the provider to the browser that went there. */
  public static final String COOKIE = "heddle_sign_in";

  private static final Logger log = LoggerFactory.getLogger(OidcSignIn.class);
  private static final int STATE_BYTES = 32;

  private final ProviderSettings settings;
  private final ClaimRules rules;
  private final Duration sessionTime;
  private final Seal seal;
  private final Sessions sessions;
  private final SnapshotSource registry;
  private final SignIns signIns;
  private final Discovery discovery;
  private final UsedStates used = new UsedStates();
  private final SecureRandom random = new SecureRandom();
  private final Clock clock = Clock.systemUTC();

  /**
   * @param sessionTime how long a session lasts
   */
  public OidcSignIn(
      ProviderSettings settings,
      ClaimRules rules,
      Duration sessionTime,
      Seal seal,
      Sessions sessions,
      SnapshotSource registry,
      SignIns signIns) {
    this.settings = settings;
    this.rules = rules;
    this.sessionTime = sessionTime;
    this.seal = seal;
    this.sessions = sessions;
    this.registry = registry;
    this.signIns = signIns;
    this.discovery = new Discovery(settings);
  }

  /**
   * A sign-in that has begun.
   *
   * @param address where the browser goes
   * @param cookie that it takes along and comes back with
   */
  public record Begun(URI address, ResponseCookie cookie) {}

  /**
   * What the provider sent the browser back with; absent parameters are null.
   *
   * @param issuer who says that it sent it
   */
  public record Answer(
      @Nullable String code,
      @Nullable String state,
      @Nullable String issuer,
      @Nullable String error) {}

  /**
   * A sign-in that has ended well.
   *
   * @param next what {@link #begin} was given
   */
  public record Done(Session session, String next) {}

  /** The provider's name. */
  public String name() {
    return settings.name();
  }

  /** Ends the sessions of people who were let in by other settings than these. */
  public void endOthers() {
    int ended = signIns.endOthers(rules.digest(settings));
    if (ended > 0) {
      log.info("ended the sessions of {} people: the sign-in settings have changed", ended);
    }
  }

  /**
   * Sends a browser to the provider.
   *
   * @param next given back at the end; without line breaks
   * @throws ApiException if the provider does not answer
   */
  public Begun begin(String next, ServerHttpRequest request) {
    byte[] state = new byte[STATE_BYTES];
    random.nextBytes(state);
    String text = Base64.getUrlEncoder().withoutPadding().encodeToString(state);
    PendingSignIn pending = PendingSignIn.of(seal, text, clock.instant(), next);
    return new Begun(
        provider().signIn(pending),
        cookie(pending.cookie(seal), request).maxAge(PendingSignIn.LIFETIME).build());
  }

  /** For the answer that ends a sign-in. */
  public ResponseCookie noCookie(ServerHttpRequest request) {
    return cookie("", request).maxAge(0).build();
  }

  /**
   * Lets in whom the provider has sent back.
   *
   * @throws ApiException 400 if it is not the browser that was sent there, or it took too long; 403
   *     if the provider or the rules do not let the person in; 503 if the provider does not answer
   */
  public Done finish(Answer answer, ServerHttpRequest request) {
    PendingSignIn pending = pending(answer, request);
    Provider provider = provider();
    if (!provider.isFrom(answer.issuer())) {
      log.warn("a sign-in was refused: the answer is not from {}", settings.issuer());
      throw ClaimRules.refused("The answer is not from " + settings.name() + ". Sign in again.");
    }
    if (answer.error() != null) {
      throw ClaimRules.refused(
          settings.name()
              + " did not sign you in: "
              + Words.of(answer.error())
              + ". Try again, or ask its administrator.");
    }
    if (answer.code() == null || answer.code().isBlank()) {
      throw expired();
    }
    JWTClaimsSet claims = redeem(provider, answer.code(), pending);
    if (!used.add(pending, clock.instant())) {
      throw expired();
    }
    return new Done(begin(claims), pending.next());
  }

  private PendingSignIn pending(Answer answer, ServerHttpRequest request) {
    HttpCookie cookie = request.getCookies().getFirst(COOKIE);
    PendingSignIn pending =
        cookie == null ? null : PendingSignIn.open(seal, cookie.getValue(), clock.instant());
    String state = answer.state() == null ? "" : answer.state();
    if (pending == null
        || !MessageDigest.isEqual(
            pending.state().getBytes(StandardCharsets.UTF_8),
            state.getBytes(StandardCharsets.UTF_8))) {
      throw expired();
    }
    return pending;
  }

  private static ApiException expired() {
    return new ApiException(
        ErrorCode.SIGN_IN_EXPIRED,
        "This sign-in took longer than "
            + PendingSignIn.LIFETIME.toMinutes()
            + " minutes, was used before, or began in another browser or window. Sign in again.");
  }

  private JWTClaimsSet redeem(Provider provider, String code, PendingSignIn pending) {
    try {
      return provider.redeem(code, pending);
    } catch (CodeRefusedException e) {
      throw expired();
    } catch (BadTokenException e) {
      log.warn("an id token of {} was refused: {}", settings.issuer(), e.getMessage());
      throw ClaimRules.refused(
          settings.name()
              + " sent an ID token that this server does not accept. Ask the operator: the server"
              + " log says why.");
    } catch (IOException e) {
      throw unavailable(e);
    }
  }

  private Provider provider() {
    try {
      return discovery.provider();
    } catch (IOException e) {
      throw unavailable(e);
    }
  }

  private ApiException unavailable(IOException e) {
    log.warn("{} cannot be used for sign-in: {}", settings.issuer(), e.getMessage());
    return new ApiException(
        ErrorCode.PROVIDER_UNAVAILABLE,
        settings.name()
            + " does not answer as it should. Try again in a minute, or sign in with an API key."
            + " The operator's log says more.");
  }

  /** A person whom the rules let in no more loses the sessions that there are. */
  private Session begin(JWTClaimsSet claims) {
    String subject = claims.getSubject();
    if (subject.length() > 255 || !subject.chars().allMatch(c -> c >= 0x20 && c != 0x7f)) {
      throw ClaimRules.refused(settings.name() + " sent an invalid subject identifier (sub).");
    }
    Person person = new Person(settings.issuer(), subject, rules.nameOf(claims));
    try {
      Set<Scope> scopes = rules.scopesOf(claims);
      UUID tenant = tenant(rules.tenantOf(claims));
      ApiKey key =
          signIns.begin(
              person, tenant, scopes, clock.instant().plus(sessionTime), rules.digest(settings));
      return sessions.begin(key.publicId(), sessionTime);
    } catch (ApiException e) {
      signIns.end(person);
      log.info("{} was not let in: {}", person.name(), e.getMessage());
      throw e;
    }
  }

  private UUID tenant(String name) {
    UUID tenant =
        registry
            .current()
            .tenant(name)
            .orElseThrow(() ->
                ClaimRules.refused(
                    "There is no tenant here of the name that your account at "
                        + settings.name()
                        + " has. Ask the operator to create it, or the administrator of your"
                        + " account to change it."));
    if (registry.current().isDisabled(tenant)) {
      throw ClaimRules.refused("Your tenant is disabled. Ask the operator to enable it.");
    }
    return tenant;
  }

  private static ResponseCookie.ResponseCookieBuilder cookie(
      String value, ServerHttpRequest request) {
    return Sessions.ownCookie(COOKIE, value, request).sameSite("Lax");
  }
}
