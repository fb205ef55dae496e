package dev.heddle.registry.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.Digest;
import dev.heddle.registry.access.SignIns.Person;
import dev.heddle.registry.snapshot.Authentication;
import dev.heddle.registry.snapshot.SnapshotSource;
import dev.heddle.registry.testing.TestRegistry;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignInsTest {
  private static final Digest RULES = new Digest("11".repeat(32));
  private static final Set<Scope> SCOPES = Set.of(Scope.ADAPTERS);

  @TempDir private static Path folder;
  private static TestRegistry registry;
  private static SnapshotSource source;
  private static SignIns signIns;

  private final Instant end =
      Instant.now().plus(1, ChronoUnit.HOURS).truncatedTo(ChronoUnit.SECONDS);

  @BeforeAll
  static void open() {
    registry = TestRegistry.in(folder);
    source = new SnapshotSource(registry.db, registry.base);
    signIns = new SignIns(registry.db);
  }

  @AfterAll
  static void close() {
    source.close();
    registry.close();
  }

  @Test
  void a_person_has_one_key_for_a_tenant_which_the_next_sign_in_renews() {
    Person jane = person("jane");
    ApiKey first = begin(jane, registry.tenant, SCOPES);
    ApiKey second =
        signIns.begin(
            new Person(jane.issuer(), jane.subject(), "Jane X"),
            registry.tenant.id(),
            Set.of(Scope.INFERENCE),
            end.plusSeconds(9),
            RULES);

    assertThat(second.publicId()).isEqualTo(first.publicId());
    assertThat(second.person()).isEqualTo("Jane X");
    assertThat(second.scopes()).containsExactly(Scope.INFERENCE);
    assertThat(second.expiresAt()).isEqualTo(end.plusSeconds(9));
    assertThat(begin(person("other"), registry.tenant, SCOPES).publicId())
        .isNotEqualTo(first.publicId());
    assertThat(
            begin(new Person("https://else.example", "jane", "Jane"), registry.tenant, SCOPES)
                .publicId())
        .isNotEqualTo(first.publicId());
  }

  @Test
  void the_snapshot_knows_the_person_behind_a_key() {
    ApiKey key = begin(person("snap"), registry.tenant, SCOPES);

    assertThat(authenticate(key))
        .isInstanceOfSatisfying(
            Authentication.Granted.class,
            granted -> {
              assertThat(granted.principal().person()).isEqualTo("snap");
              assertThat(granted.principal().actor().name())
                  .isEqualTo("oidc:snap key:" + key.publicId());
            });
  }

  @Test
  void a_person_who_moved_or_was_put_out_is_let_in_nowhere_else() {
    Tenant other = registry.tenants.create(TestRegistry.ACTOR, "moved-to");
    ApiKey before = begin(person("mover"), registry.tenant, SCOPES);
    ApiKey after = begin(person("mover"), other, SCOPES);
    assertThat(authenticate(before)).isInstanceOf(Authentication.Denied.class);
    assertThat(authenticate(after)).isInstanceOf(Authentication.Granted.class);

    signIns.end(person("mover"));
    assertThat(authenticate(after)).isInstanceOf(Authentication.Denied.class);
  }

  @Test
  void a_revoked_key_stays_so_and_the_person_gets_another() {
    ApiKey revoked = begin(person("back"), registry.tenant, SCOPES);
    registry.keys.revoke(TestRegistry.ACTOR, registry.tenant.id(), revoked.publicId());
    ApiKey next = begin(person("back"), registry.tenant, SCOPES);

    assertThat(next.publicId()).isNotEqualTo(revoked.publicId());
    assertThat(authenticate(revoked)).isInstanceOf(Authentication.Denied.class);
    assertThat(authenticate(next)).isInstanceOf(Authentication.Granted.class);
  }

  @Test
  void other_settings_end_what_began_by_these() {
    ApiKey old = begin(person("settled"), registry.tenant, SCOPES);
    signIns.endOthers(RULES);
    assertThat(authenticate(old)).isInstanceOf(Authentication.Granted.class);
    signIns.endOthers(new Digest("22".repeat(32)));
    assertThat(authenticate(old)).isInstanceOf(Authentication.Denied.class);

    ApiKey again = begin(person("settled"), registry.tenant, SCOPES);
    signIns.endOthers(null);
    assertThat(authenticate(again)).isInstanceOf(Authentication.Denied.class);
  }

  @Test
  void people_are_not_among_a_tenants_keys_when_they_are_counted() {
    Tenant tenant = registry.tenants.create(TestRegistry.ACTOR, "counted");
    begin(person("one"), tenant, SCOPES);

    assertThat(registry.tenants.counts(tenant.id()).keys()).isZero();
  }

  private static Person person(String subject) {
    return new Person("https://id.example", subject, subject);
  }

  private ApiKey begin(Person person, Tenant tenant, Set<Scope> scopes) {
    return signIns.begin(person, tenant.id(), scopes, end, RULES);
  }

  private static Authentication authenticate(ApiKey key) {
    Instant soon = Instant.now().plusMillis(1);
    return source
        .current()
        .authenticate(key.publicId(), source.current().stamp(key.publicId()).orElseThrow(), soon);
  }
}
