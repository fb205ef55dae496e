package dev.heddle.app.tenant;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import dev.heddle.registry.access.Principal;
import dev.heddle.registry.snapshot.Authentication;
import dev.heddle.registry.snapshot.SnapshotSource;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.ResponseCookie;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;

/**
 * Sessions of browsers: a signed cookie stands for a key, as long as that key is good. It is the
 * key that the browser has signed in with, or the one by which a person acts who signed in
 * elsewhere.
 */
@Component
public final class Sessions {
  /** The cookie's name. */
  public static final String COOKIE = "heddle_session";

  /** Comes with every request of a session that may change something. */
  public static final String CSRF_HEADER = "X-CSRF-Token";

  private static final Set<HttpMethod> SAFE =
      Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

  private final SnapshotSource registry;
  private final SessionSeal seal;
  private final Clock clock;

  @Autowired
  Sessions(SnapshotSource registry, Seal seal) {
    this(registry, seal, Clock.systemUTC());
  }

  Sessions(SnapshotSource registry, Seal seal, Clock clock) {
    this.registry = registry;
    this.seal = new SessionSeal(seal);
    this.clock = clock;
  }

  /** Lets the holder of a key go on by cookie from now on. */
  public Session begin(Principal caller) {
    return begin(caller.publicId(), Session.LIFETIME);
  }

  /** Begins a session of somebody who has shown by whatever means that the key is theirs. */
  public Session begin(String publicId, Duration lifetime) {
    return registry
        .current()
        .stamp(publicId)
        .map(stamp -> seal.begin(publicId, stamp, clock.instant(), lifetime))
        .orElseThrow(
            () -> new ApiException(ErrorCode.INVALID_API_KEY, "This API key has been taken back."));
  }

  /** The session of a request; null if it shows no cookie, or one that is forged or over. */
  public @Nullable Session of(ServerHttpRequest request) {
    HttpCookie cookie = request.getCookies().getFirst(COOKIE);
    return cookie == null ? null : seal.open(cookie.getValue(), clock.instant());
  }

  /** The token that the session's pages send as {@value #CSRF_HEADER}. */
  public String csrfToken(Session session) {
    return seal.csrfToken(session);
  }

  /** For the answer that begins the session. */
  public ResponseCookie cookie(Session session, ServerHttpRequest request) {
    return cookie(seal.seal(session), request)
        .maxAge(Duration.between(session.issuedAt(), session.endsAt()))
        .build();
  }

  /** For the answer that ends it. */
  public ResponseCookie noCookie(ServerHttpRequest request) {
    return cookie("", request).maxAge(0).build();
  }

  /**
   * Whom a request without a key comes from: null if there is no session, or its key is no longer
   * good.
   *
   * @throws ApiException 403 if the request may change something and has not the session's token
   */
  @Nullable Principal caller(ServerHttpRequest request) {
    Session session = of(request);
    Principal principal = session == null ? null : caller(session);
    if (session == null || principal == null) {
      return null;
    }
    if (!SAFE.contains(request.getMethod()) && !showsToken(request, session)) {
      throw new ApiException(
          ErrorCode.CSRF_TOKEN_INVALID,
          "A change by a browser's session needs the session's token in " + CSRF_HEADER + ".");
    }
    return principal;
  }

  /** Whom a session is of; null if its key is no longer good. */
  public @Nullable Principal caller(Session session) {
    return registry.current().authenticate(session.keyId(), session.stamp(), clock.instant())
            instanceof Authentication.Granted(var principal)
        ? principal
        : null;
  }

  private boolean showsToken(ServerHttpRequest request, Session session) {
    String shown = request.getHeaders().getFirst(CSRF_HEADER);
    return shown != null
        && MessageDigest.isEqual(
            shown.getBytes(StandardCharsets.UTF_8),
            seal.csrfToken(session).getBytes(StandardCharsets.UTF_8));
  }

  private static ResponseCookie.ResponseCookieBuilder cookie(
      String value, ServerHttpRequest request) {
    return ownCookie(COOKIE, value, request).sameSite("Strict");
  }

  /** A cookie that scripts do not see, and that stays with HTTPS where the request came by it. */
  public static ResponseCookie.ResponseCookieBuilder ownCookie(
      String name, String value, ServerHttpRequest request) {
    return ResponseCookie.from(name, value).path("/").httpOnly(true).secure(isSecure(request));
  }

  /** By this server's own TLS, or that of a proxy before it. A lie binds the liar's cookie only. */
  private static boolean isSecure(ServerHttpRequest request) {
    HttpHeaders headers = request.getHeaders();
    return "https".equalsIgnoreCase(request.getURI().getScheme())
        || "https".equalsIgnoreCase(headers.getFirst("X-Forwarded-Proto"));
  }
}
