package dev.heddle.registry.access;

import dev.heddle.format.Digest;
import dev.heddle.registry.Actor;
import dev.heddle.registry.Ids;
import dev.heddle.registry.audit.AuditLog;
import dev.heddle.registry.db.Columns;
import dev.heddle.registry.db.RegistryDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The keys by which people act who signed in at a provider of OpenID Connect. Nobody has the text
 * of such a key: a session stands for it. A person has one for a tenant, which each sign-in renews.
 */
public final class SignIns {
  private static final Actor PROVIDER = new Actor("oidc");

  private final RegistryDatabase db;

  public SignIns(RegistryDatabase db) {
    this.db = db;
  }

  /**
   * Who signed in, as the provider says.
   *
   * @param issuer the provider's identifier, 1 to 2000 characters
   * @param subject the provider's identifier of the person, 1 to 255 characters
   * @param name what people read, 1 to 200 characters
   */
  public record Person(String issuer, String subject, String name) {}

  private record Row(UUID tenantId, String publicId) {}

  /**
   * Lets a person act for a tenant. The scopes hold for the sessions that the person has there
   * already, too; those at other tenants end.
   *
   * @param endsAt when the key expires, unless the person signs in again
   * @param rules digest of the settings by which the person was let in
   * @return the person's key
   */
  public ApiKey begin(Person person, UUID tenant, Set<Scope> scopes, Instant endsAt, Digest rules) {
    return db.change(jdbc -> {
      end(jdbc, person, tenant);
      String publicId = renew(jdbc, person, tenant, scopes, endsAt, rules);
      ApiKey key = ApiKeys.get(jdbc, tenant, publicId);
      AuditLog.write(
          jdbc,
          Actor.ofPerson(person.name(), publicId),
          tenant,
          "session.begin",
          publicId,
          null,
          ApiKeys.shown(key));
      return key;
    });
  }

  /** Ends all sessions of a person whom the provider's word lets in no more. */
  public void end(Person person) {
    db.change(jdbc -> {
      end(jdbc, person, null);
      return person;
    });
  }

  /**
   * Ends all sessions that began by other settings than these.
   *
   * @param rules null to end all
   * @return how many keys of people ended
   */
  public int endOthers(@Nullable Digest rules) {
    return db.change(jdbc -> {
      List<Row> ended =
          jdbc.sql(
                  """
                  update api_key set expires_at = now()
                  where issuer is not null and revoked_at is null and expires_at > now()
                    and (cast(:rules as bytea) is null or rules <> :rules)
                  returning tenant_id, public_id
                  """)
              .param("rules", rules == null ? null : rules.bytes())
              .query(SignIns::row)
              .list();
      ended.forEach(row -> audit(jdbc, row, Actor.SYSTEM));
      return ended.size();
    });
  }

  private static void end(JdbcClient jdbc, Person person, @Nullable UUID except) {
    jdbc.sql(
            """
            update api_key set expires_at = now()
            where issuer = :issuer and subject = :subject and revoked_at is null
              and expires_at > now() and (cast(:except as uuid) is null or tenant_id <> :except)
            returning tenant_id, public_id
            """)
        .param("issuer", person.issuer())
        .param("subject", person.subject())
        .param("except", except)
        .query(SignIns::row)
        .list()
        .forEach(row -> audit(jdbc, row, PROVIDER));
  }

  private static void audit(JdbcClient jdbc, Row row, Actor actor) {
    AuditLog.write(
        jdbc,
        actor,
        row.tenantId(),
        "session.end",
        row.publicId(),
        Map.of("ended", false),
        Map.of("ended", true));
  }

  /** Makes the key or changes the one there is; answers its public id. */
  private static String renew(
      JdbcClient jdbc,
      Person person,
      UUID tenant,
      Set<Scope> scopes,
      Instant endsAt,
      Digest rules) {
    KeyText unknown = KeyText.random();
    return jdbc.sql(
            """
            insert into api_key (id, tenant_id, public_id, secret_sha256, label, scopes, expires_at,
              issuer, subject, person, rules)
            values (:id, :tenant, :publicId, :hash, :person, :scopes, :endsAt,
              :issuer, :subject, :person, :rules)
            on conflict (tenant_id, issuer, subject) where issuer is not null and revoked_at is null
            do update set label = excluded.label, scopes = excluded.scopes,
              expires_at = excluded.expires_at, person = excluded.person, rules = excluded.rules
            returning public_id
            """)
        .param("id", Ids.next())
        .param("tenant", tenant)
        .param("publicId", unknown.publicId())
        .param("hash", unknown.secretHash())
        .param("scopes", scopes.stream().map(Scope::text).sorted().toArray(String[]::new))
        .param("endsAt", Columns.parameter(endsAt))
        .param("issuer", person.issuer())
        .param("subject", person.subject())
        .param("person", person.name())
        .param("rules", rules.bytes())
        .query(String.class)
        .single();
  }

  private static Row row(ResultSet row, int n) throws SQLException {
    return new Row(Columns.id(row, "tenant_id"), row.getString("public_id"));
  }
}
