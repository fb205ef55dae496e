package dev.heddle.app.config;

import dev.heddle.app.oidc.ClaimRules;
import dev.heddle.app.oidc.OidcSignIn;
import dev.heddle.app.oidc.ProviderSettings;
import dev.heddle.app.oidc.SignInWays;
import dev.heddle.app.tenant.Seal;
import dev.heddle.app.tenant.Sessions;
import dev.heddle.registry.access.SignIns;
import dev.heddle.registry.snapshot.SnapshotSource;
import java.net.URI;
import java.util.Objects;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** How people sign in. */
@Configuration(proxyBeanMethods = false)
class SignInConfiguration {
  /** Where the provider sends browsers back to, below the redirect base. */
  private static final String CALLBACK = "/console/sign-in/oidc/callback";

  @Bean
  SignInWays signInWays(
      HeddleProperties properties,
      Seal seal,
      Sessions sessions,
      SnapshotSource registry,
      SignIns signIns) {
    OidcSettings oidc = properties.console().oidc();
    if (!oidc.isOn()) {
      signIns.endOthers(null);
      return new SignInWays(null);
    }
    OidcSignIn signIn =
        new OidcSignIn(
            provider(oidc), rules(oidc), oidc.sessionTime(), seal, sessions, registry, signIns);
    signIn.endOthers();
    return new SignInWays(signIn);
  }

  private static ProviderSettings provider(OidcSettings oidc) {
    return new ProviderSettings(
        Objects.requireNonNull(oidc.issuer()),
        Objects.requireNonNull(oidc.clientId()),
        oidc.clientSecret(),
        oidc.name(),
        URI.create(oidc.redirectBase() + CALLBACK),
        oidc.scopes());
  }

  private static ClaimRules rules(OidcSettings oidc) {
    return new ClaimRules(
        oidc.name(),
        oidc.tenant(),
        oidc.tenantClaim(),
        Objects.requireNonNull(oidc.rolesClaim()),
        oidc.roles(),
        oidc.nameClaim());
  }
}
