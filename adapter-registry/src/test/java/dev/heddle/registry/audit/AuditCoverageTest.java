package dev.heddle.registry.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.format.Digest;
import dev.heddle.registry.Actor;
import dev.heddle.registry.Page;
import dev.heddle.registry.access.ApiKey;
import dev.heddle.registry.access.BaseModels;
import dev.heddle.registry.access.BootstrapKey;
import dev.heddle.registry.access.Scope;
import dev.heddle.registry.access.SignIns;
import dev.heddle.registry.access.SignIns.Person;
import dev.heddle.registry.access.Tenant;
import dev.heddle.registry.access.TenantLimits;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.adapter.VersionStates;
import dev.heddle.registry.db.DatabaseSettings;
import dev.heddle.registry.replica.Start;
import dev.heddle.registry.residency.Pins;
import dev.heddle.registry.testing.TestDatabase;
import dev.heddle.registry.testing.TestRegistry;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every change of what tenants and operators own has an entry in its own transaction: a constraint
 * that this test adds to the database refuses to commit one without. Tables of later migrations are
 * included unless they are named here.
 */
class AuditCoverageTest {
  private static final Actor SOMEBODY = new Actor("key:somebody");

  /** Counts, logs and bytes on their way: no state that somebody decides on. */
  private static final Set<String> NOBODYS =
      Set.of(
          "audit",
          "flyway_schema_history",
          "usage_record",
          "usage_hour",
          "tenant_storage",
          "registry_change",
          "registry_change_log",
          "installation",
          "idempotency_key",
          "expert_blob",
          "upload",
          "version_file",
          "version_proof",
          "version_import",
          "validation",
          "replica",
          "leadership");

  @TempDir private static Path folder;
  private static TestRegistry registry;

  @BeforeAll
  static void open() throws SQLException {
    DatabaseSettings settings = TestDatabase.fresh();
    registry = TestRegistry.open(folder, settings);
    try (Connection owner =
            DriverManager.getConnection(
                settings.url(), settings.owner().name(), settings.owner().password());
        Statement statement = owner.createStatement()) {
      statement.execute("set search_path = heddle");
      statement.execute(
          """
          create function must_be_audited() returns trigger language plpgsql as $$
          begin
            if not exists (select from heddle.audit where xmin = pg_current_xact_id()::xid) then
              raise exception 'a change of % without an entry', tg_table_name;
            end if;
            return null;
          end $$
          """);
      for (String table : tables(statement)) {
        String changes =
            table.equals("api_key") // its last use is no change
                ? "update of secret_sha256, scopes, expires_at, revoked_at"
                : "update";
        statement.execute(
            "create constraint trigger must_be_audited after insert or delete or "
                + changes
                + " on "
                + table
                + " deferrable initially deferred for each row execute function must_be_audited()");
      }
    }
  }

  private static List<String> tables(Statement statement) throws SQLException {
    List<String> tables = new ArrayList<>();
    try (ResultSet rows =
        statement.executeQuery("select tablename from pg_tables where schemaname = 'heddle'")) {
      while (rows.next()) {
        if (!NOBODYS.contains(rows.getString(1))) {
          tables.add(rows.getString(1));
        }
      }
    }
    return tables;
  }

  @AfterAll
  static void close() {
    registry.close();
  }

  @Test
  void a_change_without_an_entry_would_be_noticed() {
    assertThatThrownBy(
            () -> registry.db.change(jdbc -> jdbc.sql("update tenant set weight = 7").update()))
        .hasStackTraceContaining("a change of tenant without an entry");
  }

  @Test
  void tenants_and_keys() {
    Tenant tenant = registry.tenants.create(SOMEBODY, "one");
    registry.tenants.update(
        SOMEBODY, "one", new TenantLimits(2, 1L, 1L, 1, 1L, 1), tenant.revision());
    ApiKey key =
        registry.keys.create(SOMEBODY, tenant.id(), "key", Set.of(Scope.ADMIN), null).key();
    registry.keys.revoke(SOMEBODY, tenant.id(), key.publicId());

    assertThat(trail(tenant))
        .containsExactly("key.revoke", "key.create", "tenant.update", "tenant.create");
  }

  @Test
  void people_and_tenants_that_are_shut_out() {
    Tenant tenant = registry.tenants.create(SOMEBODY, "people");
    SignIns signIns = new SignIns(registry.db);
    Person jane = new Person("https://id.example", "1", "jane@id.example");
    Digest rules = new Digest("00".repeat(32));
    signIns.begin(jane, tenant.id(), Set.of(Scope.ADAPTERS), Instant.now().plusSeconds(60), rules);
    signIns.end(jane);
    registry.tenants.disable(SOMEBODY, "people");
    registry.tenants.enable(SOMEBODY, "people");

    assertThat(trail(tenant))
        .containsExactly(
            "tenant.enable", "tenant.disable", "session.end", "session.begin", "tenant.create");
  }

  @Test
  void adapters_and_their_versions() {
    Tenant owner = registry.tenants.create(SOMEBODY, "owner");
    Tenant grantee = registry.tenants.create(SOMEBODY, "grantee");
    Version version = registry.versions.create(SOMEBODY, owner.id(), "thing", registry.base);
    registry.versions.archive(SOMEBODY, owner.id(), "thing", version.number());
    Version ready = registry.ready(owner, "thing", 1);
    Pins pins = new Pins(registry.db);
    pins.pin(SOMEBODY, ready);
    pins.unpin(SOMEBODY, ready);
    registry.publishing.publish(SOMEBODY, owner.id(), "thing", ready.number());
    registry.grants.grant(SOMEBODY, owner.id(), "thing", grantee.name());
    registry.grants.revoke(SOMEBODY, owner.id(), "thing", grantee.name());
    registry.publishing.unpublish(SOMEBODY, owner.id(), "thing", null);
    registry.adapters.archive(SOMEBODY, owner.id(), "thing", null);

    assertThat(trail(owner))
        .contains(
            "adapter.create",
            "version.create",
            "version.state",
            "version.archive",
            "adapter.publish",
            "adapter.unpublish",
            "grant.add",
            "grant.remove",
            "adapter.archive");
  }

  @Test
  void what_heddle_does_by_itself() {
    BootstrapKey bootstrap = new BootstrapKey(registry.db);
    Path file = folder.resolve("admin.key");
    for (String configured : new String[] {"a".repeat(32), "b".repeat(32), null}) {
      bootstrap.ensure(registry.tenant.id(), configured, file);
    }
    Version cut = registry.versions.create(SOMEBODY, registry.tenant.id(), "cut", registry.base);
    registry.states.beginValidation(SOMEBODY, cut);
    Start self = registry.replicas.self();
    new VersionStates(registry.db, new Start(self.replica(), self.epoch() + 1)).reopenCut();
    byte[] digest = new byte[32];
    new BaseModels(registry.db).register("another", Digest.of(digest));

    assertThat(registry.audit.list(registry.tenant.id(), Page.Request.FIRST).items())
        .filteredOn(entry -> entry.actor().equals("system"))
        .extracting(AuditEntry::action)
        .contains("tenant.create", "key.create", "key.replace", "key.revoke", "version.state");
  }

  /** Actions on a tenant, the latest first; each entry says what was or what is. */
  private static List<String> trail(Tenant tenant) {
    List<AuditEntry> entries = registry.audit.list(tenant.id(), Page.Request.FIRST).items();
    assertThat(entries).allMatch(entry -> entry.before() != null || entry.after() != null);
    return entries.stream().map(AuditEntry::action).toList();
  }
}
