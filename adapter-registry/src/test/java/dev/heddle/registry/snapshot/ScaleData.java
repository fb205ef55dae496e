package dev.heddle.registry.snapshot;

import dev.heddle.registry.access.KeyText;
import dev.heddle.registry.db.DatabaseSettings;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * A registry of many tenants, written by a few statements: each tenant has keys, adapters with
 * versions, the latest of which is published (in every tenth adapter together with the one before
 * it), and a free alias to two of them. One adapter in a hundred is granted to five tenants, one in
 * five hundred is public.
 */
final class ScaleData {
  static final int TENANTS = 1_000;
  static final int ADAPTERS_OF_EACH = 10;
  static final int VERSIONS_OF_EACH = 20;
  static final int KEYS_OF_EACH = 2;

  private final JdbcClient jdbc;
  private final UUID base;

  private ScaleData(JdbcClient jdbc, UUID base) {
    this.jdbc = jdbc;
    this.base = base;
  }

  /**
   * Writes it all, as the schema's owner, whose statements may take long; then does what the server
   * would do by itself a minute later.
   *
   * @return the texts of the keys
   */
  static List<String> write(DatabaseSettings settings, UUID base) {
    String url = settings.url() + "?currentSchema=heddle";
    DatabaseSettings.Role owner = settings.owner();
    SingleConnectionDataSource connection =
        new SingleConnectionDataSource(url, owner.name(), owner.password(), true);
    try {
      JdbcClient jdbc = JdbcClient.create(connection);
      List<String> keys = new ScaleData(jdbc, base).write();
      jdbc.sql("vacuum analyze").update();
      return keys;
    } finally {
      connection.destroy();
    }
  }

  /** A tenant's name, by its number from 0. */
  static String tenant(int number) {
    return "tenant-" + number;
  }

  /** An adapter's name, by its number among its tenant's, from 0. */
  static String adapter(int number) {
    return "adapter-" + number;
  }

  private List<String> write() {
    run(
        """
        insert into tenant (id, name, tokens_per_minute)
        select gen_random_uuid(), 'tenant-' || t, 1000000 from generate_series(0, :tenants - 1) t
        """);
    run(
        """
        insert into callable_name (tenant_id, name, kind)
        select id, 'adapter-' || a, 'adapter' from tenant, generate_series(0, :adapters - 1) a
        union all select id, 'free', 'alias' from tenant
        """);
    run("insert into alias (tenant_id, name) select tenant_id, name from callable_name");
    run(
        """
        insert into adapter (id, tenant_id, name, base_model_id, visibility)
        select gen_random_uuid(), tenant_id, name, :base,
          case row_number() over () % 500 when 0 then 'public'
            when 100 then 'granted' when 200 then 'granted' when 300 then 'granted'
            when 400 then 'granted' when 499 then 'granted' else 'private' end
        from callable_name where kind = 'adapter'
        """);
    run(
        """
        insert into adapter_version (id, tenant_id, adapter_id, number, state, digest, bytes)
        select gen_random_uuid(), tenant_id, id, v, 'READY', sha256((id::text || v)::bytea), 1000
        from adapter, generate_series(1, :versions) v
        """);
    run(
        """
        insert into alias_target (tenant_id, name, version_id, weight)
        select a.tenant_id, a.name, v.id, 1 + v.number from adapter a
          join adapter_version v on v.adapter_id = a.id
        where v.number = :versions or v.number = :versions - 1 and a.name like '%0'
        union all
        select a.tenant_id, 'free', v.id, 1 + v.number from adapter a
          join adapter_version v on v.adapter_id = a.id
        where a.name in ('adapter-1', 'adapter-2') and v.number = 3
        """);
    run(
        """
        insert into adapter_grant (tenant_id, adapter_id, grantee_id)
        select a.tenant_id, a.id, t.id from adapter a cross join lateral
          (select id from tenant where id > a.id and id <> a.tenant_id order by id limit 5) t
        where a.visibility = 'granted'
        """);
    return keys();
  }

  private List<String> keys() {
    List<String> texts = new ArrayList<>();
    List<String> ids = new ArrayList<>();
    List<String> hashes = new ArrayList<>();
    for (int i = 0; i < TENANTS * KEYS_OF_EACH; i++) {
      KeyText text = KeyText.random();
      texts.add(text.text());
      ids.add(text.publicId());
      hashes.add(HexFormat.of().formatHex(text.secretHash()));
    }
    jdbc.sql(
            """
            insert into api_key (id, tenant_id, public_id, secret_sha256, label, scopes)
            select gen_random_uuid(), t.id, k.public_id, decode(k.hash, 'hex'), 'key',
              array['inference', 'adapters']
            from unnest(cast(:ids as text[]), cast(:hashes as text[]))
              with ordinality as k(public_id, hash, n)
              join tenant t on t.name = 'tenant-' || ((k.n - 1) % :tenants)
            """)
        .param("ids", ids.toArray(String[]::new))
        .param("hashes", hashes.toArray(String[]::new))
        .param("tenants", TENANTS)
        .update();
    return texts;
  }

  private void run(String sql) {
    jdbc.sql(sql)
        .param("tenants", TENANTS)
        .param("adapters", ADAPTERS_OF_EACH)
        .param("versions", VERSIONS_OF_EACH)
        .param("base", base)
        .update();
  }
}
