package dev.heddle.registry.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.Digest;
import dev.heddle.registry.access.BaseModel;
import dev.heddle.registry.access.BaseModels;
import dev.heddle.registry.db.DatabaseSettings;
import dev.heddle.registry.db.OldSchema;
import dev.heddle.registry.db.RegistryDatabase;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SnapshotMigrationTest {
  private static final UUID OWNER = UUID.fromString("00000000-0000-7000-8000-000000000001");
  private static final UUID GRANTEE = UUID.fromString("00000000-0000-7000-8000-000000000002");
  private static final Digest BASE = new Digest("00".repeat(32));
  private static final String ROWS =
      """
      insert into tenant (id, name) values
        ('00000000-0000-7000-8000-000000000001', 'owner'),
        ('00000000-0000-7000-8000-000000000002', 'grantee');
      insert into base_model (id, name, digest) values
        ('00000000-0000-7000-8000-000000000003', 'tiny', decode(repeat('00', 32), 'hex'));
      insert into callable_name (tenant_id, name, kind) values
        ('00000000-0000-7000-8000-000000000001', 'tiny', 'base'),
        ('00000000-0000-7000-8000-000000000002', 'tiny', 'base'),
        ('00000000-0000-7000-8000-000000000001', 'intent', 'adapter');
      insert into alias (tenant_id, name) values
        ('00000000-0000-7000-8000-000000000001', 'intent');
      insert into adapter (id, tenant_id, name, base_model_id) values
        ('00000000-0000-7000-8000-000000000004', '00000000-0000-7000-8000-000000000001', 'intent',
         '00000000-0000-7000-8000-000000000003');
      insert into adapter_version (id, tenant_id, adapter_id, number, state, digest, bytes)
        select ('00000000-0000-7000-8000-00000000000' || 4 + n)::uuid,
          '00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000004', n,
          'READY', decode(repeat('0' || n, 32), 'hex'), 1
        from generate_series(1, 2) n;
      insert into alias_target (tenant_id, name, version_id) values
        ('00000000-0000-7000-8000-000000000001', 'intent', '00000000-0000-7000-8000-000000000005');
      insert into adapter_grant (tenant_id, adapter_id, grantee_id) values
        ('00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000004',
         '00000000-0000-7000-8000-000000000002');
      """;

  @Test
  void what_an_earlier_release_wrote_is_read_and_so_is_what_is_changed_of_it() throws Exception {
    DatabaseSettings settings = OldSchema.with("1", ROWS);
    try (RegistryDatabase db = RegistryDatabase.open(settings)) {
      BaseModel base = new BaseModels(db).register("tiny", BASE);
      SnapshotLoader loader = new SnapshotLoader(db, base);
      SnapshotLoader.Loaded loaded = loader.load();
      assertThat(means(base, loaded, OWNER, "intent")).isEqualTo("intent@1");
      assertThat(means(base, loaded, OWNER, "intent@2")).isEqualTo("intent@2");
      assertThat(means(base, loaded, GRANTEE, "owner/intent")).isEqualTo("owner/intent@1");

      db.write(jdbc -> jdbc.sql("delete from alias_target").update());
      loaded = loader.refresh(loaded);
      assertThat(means(base, loaded, OWNER, "intent")).isNull();
      assertThat(means(base, loaded, GRANTEE, "owner/intent@2")).isEqualTo("owner/intent@2");
    }
  }

  private static String means(
      BaseModel base, SnapshotLoader.Loaded loaded, UUID tenant, String name) {
    return new RegistrySnapshot(base, loaded.contents())
        .resolve(tenant, name)
        .map(ResolvedModel::servedBy)
        .orElse(null);
  }
}
