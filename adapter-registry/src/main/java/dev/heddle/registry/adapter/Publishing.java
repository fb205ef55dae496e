package dev.heddle.registry.adapter;

import dev.heddle.registry.Actor;
import dev.heddle.registry.ConflictException;
import dev.heddle.registry.NotFoundException;
import dev.heddle.registry.PreconditionException;
import dev.heddle.registry.db.RegistryDatabase;
import java.util.List;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Decides which version an adapter's name means: {@link Aliases} for adapters' own names. A change
 * may name the adapter's revision that it applies to; it fails with {@link PreconditionException}
 * if the adapter has another one. Null is any revision.
 */
public final class Publishing {
  private final RegistryDatabase db;

  public Publishing(RegistryDatabase db) {
    this.db = db;
  }

  /** Like {@link #publish(Actor, UUID, String, int, Long)}, whatever the adapter's revision is. */
  public Adapter publish(Actor actor, UUID tenant, String adapter, int number) {
    return publish(actor, tenant, adapter, number, null);
  }

  /**
   * Makes the adapter's name mean this version alone, from one request to the next. Publishing what
   * is published already changes nothing.
   *
   * @throws NotFoundException {@code version-not-found}
   * @throws ConflictException {@code version-not-ready}
   */
  public Adapter publish(
      Actor actor, UUID tenant, String adapter, int number, @Nullable Long expectedRevision) {
    return change(
        tenant,
        adapter,
        expectedRevision,
        (jdbc, name) -> {
          Version version = VersionRows.get(jdbc, tenant, adapter, number);
          AliasTarget target =
              GivenTargets.target(version, 1)
                  .orElseThrow(
                      () -> AliasMoves.notReady(version.label() + " is " + version.state()));
          AliasMoves.move(jdbc, actor, name, "adapter.publish", List.of(target), null);
        });
  }

  /**
   * Makes the adapter's name mean nothing; its versions stay callable by number and digest.
   *
   * @throws NotFoundException {@code adapter-not-found}
   */
  public Adapter unpublish(
      Actor actor, UUID tenant, String adapter, @Nullable Long expectedRevision) {
    return change(
        tenant,
        adapter,
        expectedRevision,
        (jdbc, name) -> AliasMoves.move(jdbc, actor, name, "adapter.unpublish", List.of(), null));
  }

  /**
   * Makes the adapter's name mean again what it meant before, see {@link Aliases#rollback}.
   *
   * @param toRevision of the name's history; null for the latest before
   * @throws NotFoundException {@code adapter-not-found}
   * @throws ConflictException as {@link Aliases#rollback}
   */
  public Adapter rollback(
      Actor actor,
      UUID tenant,
      String adapter,
      @Nullable Long toRevision,
      @Nullable Long expectedRevision) {
    return change(
        tenant,
        adapter,
        expectedRevision,
        (jdbc, name) -> Aliases.restore(jdbc, actor, name, "adapter.rollback", toRevision));
  }

  private Adapter change(
      UUID tenant,
      String name,
      @Nullable Long expectedRevision,
      BiConsumer<JdbcClient, Alias> work) {
    return db.change(jdbc -> {
      Adapter adapter = AdapterRows.getLocked(jdbc, tenant, name);
      PreconditionException.require("adapter '" + name + "'", expectedRevision, adapter.revision());
      work.accept(jdbc, AliasRows.getLocked(jdbc, tenant, name));
      return AdapterRows.get(jdbc, tenant, name);
    });
  }
}
