package dev.heddle.registry.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.Digest;
import dev.heddle.registry.access.BaseModel;
import dev.heddle.registry.access.BaseModels;
import dev.heddle.registry.access.Tenant;
import dev.heddle.registry.access.Tenants;
import dev.heddle.registry.db.RegistryDatabase;
import dev.heddle.registry.testing.TestDatabase;
import dev.heddle.registry.testing.TestRegistry;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SnapshotLoaderTest {
  private RegistryDatabase db;
  private SnapshotLoader loader;

  @BeforeEach
  void open() {
    db = RegistryDatabase.open(TestDatabase.fresh());
    BaseModel base = new BaseModels(db).register("tiny", new Digest("ab".repeat(32)));
    new BaseModels(db).register("other", new Digest("cd".repeat(32)));
    loader = new SnapshotLoader(db, base);
  }

  @AfterEach
  void close() {
    db.close();
  }

  @Test
  void what_is_refreshed_after_any_changes_is_what_is_there() throws Exception {
    long seed = System.nanoTime();
    int adapters = 0;
    int aliases = 0;
    try (RandomChanges changes = new RandomChanges(db, seed)) {
      SnapshotLoader.Loaded refreshed = loader.load();
      for (int i = 0; i < 1000; i++) {
        changes.step();
        if (i % 10 == 0) {
          refreshed = loader.refresh(refreshed);
          assertThat(refreshed.contents())
              .as("seed %d after %d changes", seed, i)
              .isEqualTo(loader.load().contents());
        }
      }
      for (TenantEntry tenant : refreshed.contents().tenants().values()) {
        adapters += tenant.adapters().size();
        aliases += tenant.aliases().size();
      }
    }
    assertThat(adapters).as("adapters").isPositive();
    assertThat(aliases).as("aliases").isPositive();
  }

  @Test
  void a_transaction_that_began_long_before_it_committed_is_seen_and_none_twice() throws Exception {
    SnapshotLoader.Loaded loaded = loader.load();
    UUID late = UUID.randomUUID();
    try (Connection connection = db.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("insert into tenant (id, name) values ('" + late + "', 'late')");
      Tenant soon = new Tenants(db).create(TestRegistry.ACTOR, "soon");
      loaded = loader.refresh(loaded);
      assertThat(loaded.contents().tenants()).containsOnlyKeys(soon.id());
      assertThat(changesSince(loaded)).isEmpty();
      connection.commit();
    }
    assertThat(changesSince(loaded))
        .isEqualTo(List.of(new Change(Change.Kind.TENANT, late, "late")));
    assertThat(loader.refresh(loaded).contents().tenants()).containsKey(late);
  }

  @Test
  void changes_are_kept_for_an_hour_at_least_and_whoever_comes_later_reads_everything() {
    SnapshotLoader.Loaded away = loader.load();
    UUID tenant = new Tenants(db).create(TestRegistry.ACTOR, "new").id();
    prune();
    assertThat(changesSince(away)).hasSize(1);
    for (int hour = 0; hour < 2; hour++) {
      db.write(jdbc ->
          jdbc.sql("update registry_change_log set marked_at = marked_at - interval '61 minutes'")
              .update());
      prune();
    }
    assertThat(changesSince(away)).isEmpty();
    assertThat(loader.refresh(away).contents()).isEqualTo(loader.load().contents());
    assertThat(loader.refresh(away).contents().tenants()).containsKey(tenant);
  }

  @Test
  void a_database_restored_from_another_with_more_transactions_begins_a_log_of_its_own() {
    SnapshotLoader.Loaded elsewhere = new SnapshotLoader.Loaded(Contents.EMPTY, "900000:900000:");
    Tenant tenant = new Tenants(db).create(TestRegistry.ACTOR, "restored");
    assertThat(loader.refresh(elsewhere).contents().tenants()).containsKey(tenant.id());
    db.write(jdbc ->
        jdbc.sql("update registry_change_log set pruned_below = '800000', marked = '900000'")
            .update());
    SnapshotLoader.Loaded loaded = loader.load();
    assertThat(reaches(loaded)).isFalse();
    prune();
    assertThat(reaches(loader.refresh(loaded))).isTrue();
  }

  private List<Change> changesSince(SnapshotLoader.Loaded loaded) {
    return db.read(jdbc -> ChangeLog.since(jdbc, loaded.position()));
  }

  private boolean reaches(SnapshotLoader.Loaded loaded) {
    return db.read(jdbc -> ChangeLog.reaches(jdbc, loaded.position()));
  }

  private void prune() {
    db.write(jdbc -> {
      ChangeLog.mark(jdbc);
      return ChangeLog.prune(jdbc);
    });
  }
}
