package dev.heddle.registry.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.registry.InvalidException;
import dev.heddle.registry.Page;
import dev.heddle.registry.access.Tenant;
import dev.heddle.registry.audit.AuditEntry;
import dev.heddle.registry.testing.TestRegistry;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrantsTest {
  private static final AtomicInteger NAMES = new AtomicInteger();

  @TempDir private static Path folder;
  private static TestRegistry registry;
  private static Tenant friend;
  private final String adapter = "adapter-" + NAMES.incrementAndGet();
  private UUID owner;

  @BeforeAll
  static void open() {
    registry = TestRegistry.in(folder);
    friend = registry.tenants.create(TestRegistry.ACTOR, "friend");
  }

  @AfterAll
  static void close() {
    registry.close();
  }

  @BeforeEach
  void create() {
    owner = registry.tenant.id();
    registry.adapters.create(
        TestRegistry.ACTOR, owner, adapter, registry.base, AdapterChanges.NONE);
  }

  @Test
  void granting_a_private_adapter_opens_it_to_the_granted() {
    grant("friend");

    assertThat(registry.adapters.get(owner, adapter))
        .returns(Visibility.GRANTED, Adapter::visibility)
        .returns(2L, Adapter::revision);
    grant("friend");
    assertThat(registry.adapters.get(owner, adapter).revision()).isEqualTo(2);
    assertThat(rows()).containsExactly(friend.id());
  }

  @Test
  void a_public_adapter_stays_public_when_it_is_granted() {
    update(Visibility.PUBLIC);
    grant("friend");

    assertThat(registry.adapters.get(owner, adapter).visibility()).isEqualTo(Visibility.PUBLIC);
  }

  @Test
  void an_adapter_that_becomes_private_loses_its_grants_and_gets_none_of_them_back() {
    grant("friend");
    grant("nobody-" + adapter);
    update(Visibility.PRIVATE);

    assertThat(list()).isEmpty();
    grant("other-" + adapter);
    assertThat(list()).containsExactly("other-" + adapter);
    registry.tenants.create(TestRegistry.ACTOR, "nobody-" + adapter);
    assertThat(rows()).isEmpty();
  }

  @Test
  void a_tenant_that_is_not_there_is_granted_like_any_other_and_finds_its_grant_when_it_comes() {
    String later = "later-" + adapter;
    Grant known = grant("friend");
    Grant unknown = grant(later);

    assertThat(unknown.tenant()).isEqualTo(later);
    assertThat(unknown.createdAt()).isAfterOrEqualTo(known.createdAt());
    assertThat(list()).containsExactly("friend", later);
    assertThat(rows()).containsExactly(friend.id());

    Tenant come = registry.tenants.create(TestRegistry.ACTOR, later);

    assertThat(rows()).containsExactlyInAnyOrder(friend.id(), come.id());
    assertThat(registry.grants.list(owner, adapter, Page.Request.FIRST).items())
        .contains(known, unknown);
  }

  @Test
  void a_grant_taken_back_is_gone_whether_its_tenant_is_there_or_not() {
    String later = "later-" + adapter;
    grant("friend");
    grant(later);
    registry.grants.revoke(TestRegistry.ACTOR, owner, adapter, "friend");
    registry.grants.revoke(TestRegistry.ACTOR, owner, adapter, later);
    registry.grants.revoke(TestRegistry.ACTOR, owner, adapter, "never");

    registry.tenants.create(TestRegistry.ACTOR, later);

    assertThat(list()).isEmpty();
    assertThat(rows()).isEmpty();
    assertThat(registry.audit.list(owner, Page.Request.FIRST).items())
        .filteredOn(entry -> entry.subject().equals(adapter))
        .extracting(AuditEntry::action)
        .containsExactly(
            "grant.remove",
            "grant.remove",
            "grant.add",
            "adapter.update",
            "grant.add",
            "adapter.create");
  }

  @Test
  void the_owner_needs_no_grant_and_a_name_must_be_one() {
    assertThatThrownBy(() -> grant(Tenant.DEFAULT)).isInstanceOf(InvalidException.class);
    assertThatThrownBy(() -> grant("No Name")).isInstanceOf(InvalidException.class);
  }

  @Test
  void a_grant_made_while_its_tenant_is_made_is_never_lost() throws Exception {
    try (ExecutorService executor = Executors.newFixedThreadPool(2)) {
      for (int i = 0; i < 20; i++) {
        String name = "twin-" + i + "-" + adapter;
        Future<Tenant> made =
            executor.submit(() -> registry.tenants.create(TestRegistry.ACTOR, name));
        Future<Grant> granted = executor.submit(() -> grant(name));
        granted.get();
        UUID come = made.get().id();
        assertThat(rows()).as(name).contains(come);
      }
    }
  }

  private Grant grant(String tenant) {
    return registry.grants.grant(TestRegistry.ACTOR, owner, adapter, tenant);
  }

  private void update(Visibility visibility) {
    registry.adapters.update(
        TestRegistry.ACTOR,
        owner,
        adapter,
        new AdapterChanges(visibility, null, Map.of(), Set.of()),
        null);
  }

  private List<String> list() {
    return registry.grants.list(owner, adapter, Page.Request.FIRST).items().stream()
        .map(Grant::tenant)
        .toList();
  }

  /** Tenants whose grant is in force. */
  private List<UUID> rows() {
    UUID id = registry.adapters.get(owner, adapter).id();
    return registry.db.read(jdbc ->
        jdbc.sql("select grantee_id from adapter_grant where adapter_id = :id")
            .param("id", id)
            .query(UUID.class)
            .list());
  }
}
