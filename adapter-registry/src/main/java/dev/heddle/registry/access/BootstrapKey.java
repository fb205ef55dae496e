package dev.heddle.registry.access;

import dev.heddle.registry.Actor;
import dev.heddle.registry.InvalidException;
import dev.heddle.registry.UnavailableException;
import dev.heddle.registry.audit.AuditLog;
import dev.heddle.registry.db.RegistryDatabase;
import dev.heddle.registry.disk.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The first administrator's key, with which the others are made. It is the configured one, as long
 * as it is configured; otherwise, while no usable admin key exists, one is generated and written to
 * a file.
 */
public final class BootstrapKey {
  /** Public id of the configured key; no generated key can have it. */
  public static final String CONFIGURED_ID = "bootstrap";

  private static final int LENGTH_MIN = 32;
  private static final Set<Scope> ALL = EnumSet.allOf(Scope.class);

  private final RegistryDatabase db;

  public BootstrapKey(RegistryDatabase db) {
    this.db = db;
  }

  /**
   * Makes sure that somebody can administer; to be called at each start.
   *
   * @param tenant whom the key belongs to
   * @param configured any string of {@value #LENGTH_MIN} characters or more, null if none is
   *     configured
   * @param file where a generated key is written to, with mode 0600
   * @return the file, if it holds a key
   * @throws InvalidException if the configured key is short
   */
  public Optional<Path> ensure(UUID tenant, @Nullable String configured, Path file) {
    if (configured != null && configured.length() < LENGTH_MIN) {
      throw new InvalidException(
          "bootstrap-key", "bootstrap admin key", "has fewer than " + LENGTH_MIN + " characters");
    }
    try {
      if (configured != null) {
        db.change(jdbc -> configure(jdbc, tenant, configured));
        return Optional.empty();
      }
      db.change(jdbc -> withdrawConfigured(jdbc, tenant));
      if (!hasAdmin(tenant)) {
        generate(tenant, file);
      }
      return Files.exists(file) ? Optional.of(file) : Optional.empty();
    } catch (IOException e) {
      throw UnavailableException.store("the admin key cannot be written to " + file, e);
    }
  }

  /** What is stored of a configured key, and compared. */
  public static byte[] hash(String configured) {
    return KeyText.sha256(configured);
  }

  /** The file comes first: a crash in between leaves a key that opens nothing, and is made anew. */
  private void generate(UUID tenant, Path file) throws IOException {
    KeyText key = KeyText.random();
    DurableFiles.writeSecret(file, key.text() + "\n");
    db.change(
        jdbc -> ApiKeys.insert(jdbc, Actor.SYSTEM, tenant, key, "first admin key", ALL, null));
  }

  private boolean hasAdmin(UUID tenant) {
    return db.read(jdbc ->
        jdbc.sql(
                """
                select exists (select from api_key where tenant_id = :tenant
                  and 'admin' = any (scopes) and revoked_at is null and person is null
                  and (expires_at is null or expires_at > now()))
                """)
            .param("tenant", tenant)
            .query(Boolean.class)
            .single());
  }

  private static boolean configure(JdbcClient jdbc, UUID tenant, String configured) {
    byte[] hash = hash(configured);
    // Replicas that start at once add it once.
    jdbc.sql("select from tenant where id = :id for update")
        .param("id", tenant)
        .query((row, n) -> true)
        .list();
    boolean exists =
        jdbc.sql("select from api_key where public_id = :id for update")
            .param("id", CONFIGURED_ID)
            .query((row, n) -> true)
            .optional()
            .isPresent();
    if (!exists) {
      ApiKeys.insert(
          jdbc, Actor.SYSTEM, tenant, CONFIGURED_ID, hash, "configured admin key", ALL, null);
      return true;
    }
    // A key revoked on purpose stays so until another one is configured.
    return changed(
        jdbc,
        tenant,
        "key.replace",
        jdbc.sql(
                """
                update api_key set secret_sha256 = :hash, revoked_at = null
                where public_id = :id and secret_sha256 <> :hash
                """)
            .param("id", CONFIGURED_ID)
            .param("hash", hash));
  }

  private static boolean withdrawConfigured(JdbcClient jdbc, UUID tenant) {
    // Its hash goes too, so that configuring the same string again is a change.
    return changed(
        jdbc,
        tenant,
        "key.revoke",
        jdbc.sql(
                """
                update api_key set revoked_at = now(), secret_sha256 = decode(repeat('00', 32), 'hex')
                where public_id = :id and revoked_at is null
                """)
            .param("id", CONFIGURED_ID));
  }

  /** Changes the configured key, if there is one; says whether it did. */
  private static boolean changed(
      JdbcClient jdbc, UUID tenant, String action, JdbcClient.StatementSpec change) {
    Optional<ApiKey> before = ApiKeys.find(jdbc, tenant, CONFIGURED_ID);
    if (before.isEmpty() || change.update() == 0) {
      return false;
    }
    AuditLog.write(
        jdbc,
        Actor.SYSTEM,
        tenant,
        action,
        CONFIGURED_ID,
        ApiKeys.shown(before.get()),
        ApiKeys.shown(ApiKeys.get(jdbc, tenant, CONFIGURED_ID)));
    return true;
  }
}
