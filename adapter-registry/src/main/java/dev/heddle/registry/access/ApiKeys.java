package dev.heddle.registry.access;

import dev.heddle.format.CodePoints;
import dev.heddle.format.Violation;
import dev.heddle.registry.Actor;
import dev.heddle.registry.Ids;
import dev.heddle.registry.InvalidException;
import dev.heddle.registry.NotFoundException;
import dev.heddle.registry.Page;
import dev.heddle.registry.audit.AuditLog;
import dev.heddle.registry.db.Columns;
import dev.heddle.registry.db.RegistryDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Makes, lists and revokes tenants' API keys. {@link dev.heddle.registry.snapshot.RegistrySnapshot}
 * checks them.
 */
public final class ApiKeys {
  public static final int LABEL_LENGTH_MAX = 200;
  private static final String COLUMNS =
      "id, tenant_id, public_id, label, person, scopes, created_at, expires_at, revoked_at,"
          + " last_used_at";

  private final RegistryDatabase db;

  public ApiKeys(RegistryDatabase db) {
    this.db = db;
  }

  /**
   * Makes a key. Its text is in the answer and nowhere else.
   *
   * @param expiresAt null for a key that does not expire
   * @throws InvalidException if the label is empty or long, no scope is given, or it expires in the
   *     past
   */
  public ApiKey.Issued create(
      Actor actor, UUID tenant, String label, Set<Scope> scopes, @Nullable Instant expiresAt) {
    check(label, scopes, expiresAt);
    KeyText text = KeyText.random();
    ApiKey key = db.change(jdbc -> insert(jdbc, actor, tenant, text, label, scopes, expiresAt));
    return new ApiKey.Issued(key, text.text());
  }

  /**
   * Revokes a key; a key revoked before stays as it is.
   *
   * @throws NotFoundException {@code key-not-found}
   */
  public ApiKey revoke(Actor actor, UUID tenant, String publicId) {
    return db.change(jdbc -> {
      ApiKey key = get(jdbc, tenant, publicId);
      if (key.revokedAt() != null) {
        return key;
      }
      jdbc.sql("update api_key set revoked_at = now() where id = :id and revoked_at is null")
          .param("id", key.id())
          .update();
      ApiKey revoked = get(jdbc, tenant, publicId);
      AuditLog.write(jdbc, actor, tenant, "key.revoke", publicId, shown(key), shown(revoked));
      return revoked;
    });
  }

  /**
   * Finds a tenant's key, revoked or not.
   *
   * @throws NotFoundException {@code key-not-found}
   */
  public ApiKey get(UUID tenant, String publicId) {
    return db.read(jdbc -> get(jdbc, tenant, publicId));
  }

  /** A tenant's keys, revoked ones too, the oldest first. */
  public Page<ApiKey> list(UUID tenant, Page.Request page) {
    List<ApiKey> rows =
        db.read(jdbc ->
            jdbc.sql(
                    "select "
                        + COLUMNS
                        + """
                         from api_key where tenant_id = :tenant
                          and (cast(:after as uuid) is null or id > cast(:after as uuid))
                        order by id limit :rows
                        """)
                .param("tenant", tenant)
                .param("after", page.afterId())
                .param("rows", page.rows())
                .query(ApiKeys::map)
                .list());
    return page.page(rows, key -> key.id().toString());
  }

  static ApiKey insert(
      JdbcClient jdbc,
      Actor actor,
      UUID tenant,
      KeyText text,
      String label,
      Set<Scope> scopes,
      @Nullable Instant expiresAt) {
    return insert(
        jdbc, actor, tenant, text.publicId(), text.secretHash(), label, scopes, expiresAt);
  }

  static ApiKey insert(
      JdbcClient jdbc,
      Actor actor,
      UUID tenant,
      String publicId,
      byte[] hash,
      String label,
      Set<Scope> scopes,
      @Nullable Instant expiresAt) {
    String[] scopeTexts = scopes.stream().map(Scope::text).sorted().toArray(String[]::new);
    jdbc.sql(
            """
            insert into api_key
              (id, tenant_id, public_id, secret_sha256, label, scopes, expires_at)
            values (:id, :tenant, :publicId, :hash, :label, :scopes, :expires)
            """)
        .param("id", Ids.next())
        .param("tenant", tenant)
        .param("publicId", publicId)
        .param("hash", hash)
        .param("label", label)
        .param("scopes", scopeTexts)
        .param("expires", Columns.parameter(expiresAt))
        .update();
    ApiKey key = get(jdbc, tenant, publicId);
    AuditLog.write(jdbc, actor, tenant, "key.create", publicId, null, shown(key));
    return key;
  }

  /** A key as the audit trail has it. */
  static Map<String, @Nullable Object> shown(ApiKey key) {
    Map<String, @Nullable Object> shown = new LinkedHashMap<>();
    shown.put("label", key.label());
    shown.put("scopes", key.scopes().stream().map(Scope::text).sorted().toList());
    shown.put("expires_at", text(key.expiresAt()));
    shown.put("revoked_at", text(key.revokedAt()));
    return shown;
  }

  private static @Nullable String text(@Nullable Instant instant) {
    return instant == null ? null : instant.toString();
  }

  static ApiKey get(JdbcClient jdbc, UUID tenant, String publicId) {
    return find(jdbc, tenant, publicId).orElseThrow(() -> new NotFoundException("key", publicId));
  }

  static Optional<ApiKey> find(JdbcClient jdbc, UUID tenant, String publicId) {
    return jdbc.sql(
            "select "
                + COLUMNS
                + " from api_key where tenant_id = :tenant and public_id = :publicId")
        .param("tenant", tenant)
        .param("publicId", publicId)
        .query(ApiKeys::map)
        .optional();
  }

  private static void check(String label, Set<Scope> scopes, @Nullable Instant expiresAt) {
    List<Violation> violations = new ArrayList<>();
    if (label.isBlank() || CodePoints.count(label) > LABEL_LENGTH_MAX) {
      violations.add(
          new Violation("label", "label", "has 1 to " + LABEL_LENGTH_MAX + " characters"));
    }
    if (scopes.isEmpty()) {
      violations.add(new Violation("scopes", "scopes", "names at least one scope"));
    }
    if (expiresAt != null && expiresAt.isBefore(Instant.now())) {
      violations.add(new Violation("expiry", "expires_at", "lies in the past"));
    }
    InvalidException.throwIfAny(violations);
  }

  private static ApiKey map(ResultSet row, int n) throws SQLException {
    String[] scopes = (String[]) row.getArray("scopes").getArray();
    return new ApiKey(
        Columns.id(row, "id"),
        Columns.id(row, "tenant_id"),
        row.getString("public_id"),
        row.getString("label"),
        row.getString("person"),
        Arrays.stream(scopes).map(Scope::of).collect(Collectors.toSet()),
        Columns.instant(row, "created_at"),
        Columns.instantOrNull(row, "expires_at"),
        Columns.instantOrNull(row, "revoked_at"),
        Columns.instantOrNull(row, "last_used_at"));
  }
}
