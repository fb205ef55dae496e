package dev.heddle.app.config;

import dev.heddle.registry.access.Scope;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Sign-in at a provider of OpenID Connect. Off without an issuer.
 *
 * @param issuer the provider's identifier, exactly as the provider states it
 * @param clientId what the provider calls this server
 * @param clientSecret by which the provider knows this server; none for a public client
 * @param name of the provider, on the sign-in page
 * @param redirectBase where browsers find this server, such as {@code https://heddle.example.com}
 * @param scopes what is asked of the provider; {@code openid} among it
 * @param tenant the tenant that everybody signs in to; or {@code tenantClaim}
 * @param tenantClaim the claim that has the tenant's name
 * @param rolesClaim the claim that has the person's roles
 * @param adminRoles values of it that give the scope {@code admin}: all of the platform
 * @param adaptersRoles values of it that give the scope {@code adapters}
 * @param inferenceRoles values of it that give the scope {@code inference}
 * @param nameClaim the claim that people and the audit trail call a person by; the subject where it
 *     is missing
 * @param sessionTime how long a session lasts at most
 */
public record OidcSettings(
    @Nullable String issuer,
    @Nullable String clientId,
    @Nullable String clientSecret,
    @DefaultValue("OpenID Connect") @NotBlank String name,
    @Nullable String redirectBase,
    @DefaultValue({"openid", "email"}) List<String> scopes,
    @Nullable String tenant,
    @Nullable String tenantClaim,
    @Nullable String rolesClaim,
    @DefaultValue List<String> adminRoles,
    @DefaultValue List<String> adaptersRoles,
    @DefaultValue List<String> inferenceRoles,
    @DefaultValue("email") @NotBlank String nameClaim,
    @DefaultValue("12h") @NotNull Duration sessionTime) {
  private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");

  public OidcSettings {
    issuer = given(issuer);
    clientId = given(clientId);
    clientSecret = given(clientSecret);
    redirectBase = given(redirectBase);
    tenant = given(tenant);
    tenantClaim = given(tenantClaim);
    rolesClaim = given(rolesClaim);
    scopes = List.copyOf(scopes);
    adminRoles = List.copyOf(adminRoles);
    adaptersRoles = List.copyOf(adaptersRoles);
    inferenceRoles = List.copyOf(inferenceRoles);
  }

  /** An empty variable of a container's environment is none. */
  private static @Nullable String given(@Nullable String text) {
    return text == null || text.isBlank() ? null : text;
  }

  /** Whether people can sign in so. */
  public boolean isOn() {
    return issuer != null;
  }

  /** The roles that give each scope. */
  public Map<Scope, Set<String>> roles() {
    return Map.of(
        Scope.ADMIN, Set.copyOf(adminRoles),
        Scope.ADAPTERS, Set.copyOf(adaptersRoles),
        Scope.INFERENCE, Set.copyOf(inferenceRoles));
  }

  @AssertTrue(message = "issuer: must be https://…, or http:// on this machine, without ? and #")
  boolean isIssuerSane() {
    return issuer == null || isSafe(issuer);
  }

  @AssertTrue(message = "issuer: must be given with client-id, and the other way round")
  boolean isClientWhole() {
    return isOn() == (clientId != null);
  }

  @AssertTrue(
      message =
          "redirect-base: must be such as https://heddle.example.com, or http:// on this machine,"
              + " without a path")
  boolean isRedirectBaseSane() {
    if (redirectBase == null) {
      return !isOn();
    }
    return isSafe(redirectBase) && URI.create(redirectBase).getRawPath().isEmpty();
  }

  @AssertTrue(message = "scopes: must have openid among them, and no spaces or quotes")
  boolean isScopesSane() {
    return scopes.contains("openid")
        && scopes.stream().allMatch(each -> each.matches("[!#-\\[\\]-~]+"));
  }

  @AssertTrue(message = "tenant: either it or tenant-claim must be given")
  boolean isTenantSane() {
    return !isOn() || (tenant == null) != (tenantClaim == null);
  }

  @AssertTrue(
      message =
          "roles-claim: must be given, with the roles for at least one of admin-roles,"
              + " adapters-roles and inference-roles; nobody has a right without one")
  boolean isRolesSane() {
    boolean any =
        Stream.of(adminRoles, adaptersRoles, inferenceRoles).anyMatch(roles -> !roles.isEmpty());
    return !isOn() || (rolesClaim != null && any);
  }

  @AssertTrue(message = "session-time: must be 1m to 7d")
  boolean isSessionTimeSane() {
    return sessionTime.compareTo(Duration.ofMinutes(1)) >= 0
        && sessionTime.compareTo(Duration.ofDays(7)) <= 0;
  }

  /** What goes over it cannot be read or changed on the way. */
  private static boolean isSafe(String address) {
    try {
      URI uri = new URI(address);
      return uri.getHost() != null
          && uri.getRawUserInfo() == null
          && uri.getRawQuery() == null
          && uri.getRawFragment() == null
          && ("https".equals(uri.getScheme())
              || ("http".equals(uri.getScheme()) && THIS_MACHINE.contains(uri.getHost())));
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /** Never shows the secret. */
  @Override
  public String toString() {
    return "OidcSettings[" + issuer + ", client " + clientId + "]";
  }
}
