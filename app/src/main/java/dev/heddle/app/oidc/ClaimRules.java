package dev.heddle.app.oidc;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import dev.heddle.format.Digest;
import dev.heddle.format.Digests;
import dev.heddle.format.Violation;
import dev.heddle.registry.access.Scope;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What an id token's claims open here. Nothing is opened that no rule names. A claim is found by
 * its whole name or, where there is none, by the names of nested objects with dots between.
 *
 * @param provider name of the provider, for people
 * @param tenant everybody's tenant; null where {@code tenantClaim} has it
 * @param tenantClaim has one text, the tenant's name; null where {@code tenant} is given
 * @param rolesClaim has a text or a list of them
 * @param roles those that give each scope
 * @param nameClaim has what people call the person
 */
public record ClaimRules(
    String provider,
    @Nullable String tenant,
    @Nullable String tenantClaim,
    String rolesClaim,
    Map<Scope, Set<String>> roles,
    String nameClaim) {
  private static final int NAME_MAX = 150;

  /**
   * The name of the tenant that the person acts for.
   *
   * @throws ApiException if the claims do not say
   */
  String tenantOf(JWTClaimsSet claims) {
    if (tenantClaim == null) {
      return String.valueOf(tenant);
    }
    Object value = find(claims, tenantClaim);
    if (value == null) {
      throw refused(
          provider
              + " says nothing of your tenant: your account lacks the claim '"
              + tenantClaim
              + "'. Ask its administrator for one.");
    }
    List<String> names = texts(tenantClaim, value);
    if (names.size() != 1) {
      throw refused(
          "The claim '%s' of your account at %s must name one tenant and has %d. Ask its administrator to put it right."
              .formatted(tenantClaim, provider, names.size()));
    }
    return names.getFirst();
  }

  /**
   * What the person may do, at least something.
   *
   * @throws ApiException if no rule gives the person a scope
   */
  Set<Scope> scopesOf(JWTClaimsSet claims) {
    Object value = find(claims, rolesClaim);
    List<String> own = value == null ? List.of() : texts(rolesClaim, value);
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    roles.forEach((scope, names) -> {
      if (!Collections.disjoint(names, own)) {
        scopes.add(scope);
      }
    });
    if (scopes.isEmpty()) {
      throw refused(
          "Your account at %s has no role that gives access here: its claim '%s' names no configured role. Ask its administrator for one."
              .formatted(provider, rolesClaim));
    }
    return scopes;
  }

  /** What people call the person: an address that the provider has not verified is nobody's. */
  String nameOf(JWTClaimsSet claims) {
    boolean unproven =
        nameClaim.equals("email") && Boolean.FALSE.equals(claims.getClaim("email_verified"));
    String name =
        !unproven && find(claims, nameClaim) instanceof String text && !text.isBlank()
            ? text.strip()
            : claims.getSubject();
    return Violation.printable(name, NAME_MAX);
  }

  /** Another one for other rules, or another provider. */
  Digest digest(ProviderSettings settings) {
    List<String> all = new ArrayList<>(List.of(settings.issuer(), settings.clientId()));
    all.addAll(List.of(tenant + "", tenantClaim + "", rolesClaim, nameClaim));
    new TreeMap<>(roles).forEach((scope, names) -> all.add(scope + "=" + new TreeSet<>(names)));
    byte[] text = String.join("\n", all).getBytes(StandardCharsets.UTF_8);
    return Digest.of(Digests.sha256().digest(text));
  }

  private static @Nullable Object find(JWTClaimsSet claims, String name) {
    Object whole = claims.getClaim(name);
    if (whole != null) {
      return whole;
    }
    Object inner = claims.getClaims();
    for (String step : name.split("\\.", -1)) {
      inner = inner instanceof Map<?, ?> map ? map.get(step) : null;
    }
    return inner;
  }

  private List<String> texts(String claim, Object value) {
    List<?> values = value instanceof List<?> many ? many : List.of(value);
    List<String> texts = new ArrayList<>();
    for (Object each : values) {
      if (!(each instanceof String text)) {
        throw refused(
            "The claim '%s' of your account at %s is neither a text nor a list of texts. Ask its administrator to put it right."
                .formatted(claim, provider));
      }
      texts.add(text);
    }
    return texts;
  }

  static ApiException refused(String message) {
    return new ApiException(ErrorCode.SIGN_IN_REFUSED, message);
  }
}
