package dev.heddle.registry.snapshot;

import dev.heddle.registry.db.RegistryDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Changes whatever the application's role may change, at random, in several transactions at once
 * that end at random times in random ways.
 */
final class RandomChanges implements AutoCloseable {
  private static final int CONNECTIONS = 3;

  /** Each changes one row of its kind, if there is one to change; {@code random()} has a seed. */
  private static final List<String> STATEMENTS =
      List.of(
          """
          insert into tenant (id, name) values (gen_random_uuid(), 't' || floor(random() * 1e9))
          """,
          """
          update tenant set revision = revision + 1, weight = 1 + floor(random() * 9),
            tokens_per_minute = floor(random() * 100)
          where id = (select id from tenant order by random() limit 1)
          """,
          """
          insert into api_key (id, tenant_id, public_id, secret_sha256, label, scopes)
          select gen_random_uuid(), id, left(md5(random()::text), 12),
            sha256(random()::text::bytea), 'key', array['inference']
          from tenant order by random() limit 1
          """,
          """
          update api_key set revoked_at = now()
          where id = (select id from api_key order by random() limit 1)
          """,
          """
          with owner as (select id from tenant order by random() limit 1),
            named as (insert into callable_name (tenant_id, name, kind)
              select id, 'a' || floor(random() * 1e9), 'adapter' from owner
              returning tenant_id, name),
            made as (insert into adapter (id, tenant_id, name, base_model_id)
              select gen_random_uuid(), tenant_id, name,
                (select id from base_model order by random() limit 1) from named)
          insert into alias (tenant_id, name) select tenant_id, name from named
          """,
          """
          update adapter set visibility = (array['private', 'granted', 'public'])[1 + random() * 2]
          where id = (select id from adapter order by random() limit 1)
          """,
          """
          update adapter
          set archived_at = case when archived_at is null then now() end
          where id = (select id from adapter order by random() limit 1)
          """,
          """
          insert into adapter_version (id, tenant_id, adapter_id, number, state, digest, bytes)
          select gen_random_uuid(), tenant_id, id, 1 + floor(random() * 1e6),
            (array['READY', 'VALIDATING'])[1 + random()], sha256(random()::text::bytea), 1
          from adapter order by random() limit 1
          """,
          """
          update adapter_version set state = 'READY' where id = (
            select id from adapter_version where state = 'VALIDATING' order by random() limit 1)
          """,
          """
          update adapter_version v set state = 'ARCHIVED' where id = (
            select id from adapter_version where state = 'READY'
              and id not in (select version_id from alias_target) order by random() limit 1)
          """,
          """
          insert into adapter_grant (tenant_id, adapter_id, grantee_id)
          select a.tenant_id, a.id, t.id from adapter a join tenant t on t.id <> a.tenant_id
          order by random() limit 1
          """,
          """
          delete from adapter_grant where (adapter_id, grantee_id) = (
            select adapter_id, grantee_id from adapter_grant order by random() limit 1)
          """,
          """
          insert into alias_target (tenant_id, name, version_id, weight)
          select a.tenant_id, a.name, v.id, 1 + floor(random() * 100)
          from adapter a join adapter_version v on v.adapter_id = a.id
          where v.state = 'READY' order by random() limit 1
          """,
          """
          with owner as (select id from tenant order by random() limit 1),
            named as (insert into callable_name (tenant_id, name, kind)
              select id, 'free' || floor(random() * 1e9), 'alias' from owner
              returning tenant_id, name)
          insert into alias (tenant_id, name) select tenant_id, name from named
          """,
          """
          insert into alias_target (tenant_id, name, version_id, weight)
          select c.tenant_id, c.name, v.id, 1 + floor(random() * 100)
          from callable_name c join adapter_version v on v.tenant_id = c.tenant_id
          where c.kind = 'alias' and v.state = 'READY' order by random() limit 1
          """,
          """
          delete from alias_target where (tenant_id, name, version_id) = (
            select tenant_id, name, version_id from alias_target order by random() limit 1)
          """);

  private final Random random;
  private final List<Connection> connections = new ArrayList<>();

  RandomChanges(RegistryDatabase db, long seed) throws SQLException {
    random = new Random(seed);
    for (int i = 0; i < CONNECTIONS; i++) {
      Connection connection = db.connect();
      connections.add(connection);
      execute(connection, "select setseed(" + random.nextDouble() + ")");
      execute(connection, "set lock_timeout = '10ms'"); // the others wait for this same thread
      connection.setAutoCommit(false);
    }
  }

  /** One statement in one of the transactions, which may end with it. */
  void step() throws SQLException {
    Connection connection = connections.get(random.nextInt(CONNECTIONS));
    String sql = STATEMENTS.get(random.nextInt(STATEMENTS.size()));
    try {
      execute(connection, sql);
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> connection.commit();
        case 3 -> connection.rollback();
        default -> {
          // goes on
        }
      }
    } catch (SQLException e) {
      // Against a constraint, or behind another's lock; anything else is a fault of this class.
      if (!e.getSQLState().startsWith("23") && !e.getSQLState().equals("55P03")) {
        throw e;
      }
      connection.rollback();
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public void close() throws SQLException {
    for (Connection connection : connections) {
      connection.close();
    }
  }
}
