package dev.heddle.app.oidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import dev.heddle.registry.access.Scope;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ClaimRulesTest {
  private static final Map<Scope, Set<String>> ROLES =
      Map.of(
          Scope.ADMIN, Set.of("operators"),
          Scope.ADAPTERS, Set.of("weavers", "operators"),
          Scope.INFERENCE, Set.of());

  private static ClaimRules rules(String tenantClaim, String rolesClaim) {
    return new ClaimRules("Acme", null, tenantClaim, rolesClaim, ROLES, "email");
  }

  private static JWTClaimsSet claims(String name, Object value) {
    return new JWTClaimsSet.Builder().subject("jane-1").claim(name, value).build();
  }

  @Test
  void a_claim_is_found_by_its_name_or_inside_others() {
    JWTClaimsSet nested = claims("realm_access", Map.of("roles", List.of("weavers")));
    JWTClaimsSet dotted = claims("https://acme.example/roles", "operators");

    assertThat(rules("tenant", "realm_access.roles").scopesOf(nested))
        .containsExactly(Scope.ADAPTERS);
    assertThat(rules("tenant", "https://acme.example/roles").scopesOf(dotted))
        .containsExactlyInAnyOrder(Scope.ADAPTERS, Scope.ADMIN);
  }

  @Test
  void nobody_has_a_right_that_no_rule_gives() {
    for (Object roles :
        new Object[] {"Operators", "operators weavers", "*", List.of(), List.of("inference")}) {
      refused(() -> rules("tenant", "roles").scopesOf(claims("roles", roles)), "no role");
    }
    refused(() -> rules("tenant", "roles").scopesOf(claims("other", "operators")), "no role");
    refused(() -> rules("tenant", "a.b.c").scopesOf(claims("a", Map.of("b", "x"))), "no role");
  }

  @Test
  void the_tenant_is_one_text() {
    assertThat(rules("org", "roles").tenantOf(claims("org", "acme"))).isEqualTo("acme");
    assertThat(rules("org", "roles").tenantOf(claims("org", List.of("acme")))).isEqualTo("acme");
    refused(() -> rules("org", "roles").tenantOf(claims("roles", "acme")), "lacks the claim");
    refused(
        () -> rules("org", "roles").tenantOf(claims("org", List.of("acme", "beta"))), "one tenant");
    refused(() -> rules("org", "roles").tenantOf(claims("org", List.of())), "one tenant");
    refused(() -> rules("org", "roles").tenantOf(claims("org", 7)), "neither a text");
    refused(
        () -> rules("org", "roles").tenantOf(claims("org", Map.of("acme", true))),
        "neither a text");
  }

  @Test
  void a_person_is_called_by_a_proven_address_or_by_the_subject() {
    ClaimRules rules = rules("org", "roles");

    assertThat(rules.nameOf(claims("email", "jane@acme.example"))).isEqualTo("jane@acme.example");
    assertThat(rules.nameOf(claims("email", " "))).isEqualTo("jane-1");
    assertThat(rules.nameOf(claims("email", "a\nb"))).doesNotContain("\n");
    assertThat(
            rules.nameOf(
                new JWTClaimsSet.Builder(claims("email", "root@acme.example"))
                    .claim("email_verified", false)
                    .build()))
        .isEqualTo("jane-1");
  }

  @Test
  void other_rules_have_another_digest() {
    ProviderSettings settings =
        new ProviderSettings("https://a", "id", "s", "A", URI.create("https://h"), List.of());
    ClaimRules rules = rules("org", "roles");

    assertThat(rules.digest(settings))
        .isEqualTo(rules("org", "roles").digest(settings))
        .isNotEqualTo(rules("org", "groups").digest(settings))
        .isNotEqualTo(rules("team", "roles").digest(settings));
  }

  private static void refused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable work, String why) {
    assertThatThrownBy(work)
        .isInstanceOfSatisfying(
            ApiException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SIGN_IN_REFUSED))
        .hasMessageContaining(why);
  }
}
