package dev.heddle.registry.access;

import dev.heddle.format.Digest;
import dev.heddle.registry.Actor;
import dev.heddle.registry.ConflictException;
import dev.heddle.registry.Ids;
import dev.heddle.registry.Names;
import dev.heddle.registry.audit.AuditLog;
import dev.heddle.registry.db.Columns;
import dev.heddle.registry.db.RegistryDatabase;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The base models this registry has served. */
public final class BaseModels {
  private final RegistryDatabase db;

  public BaseModels(RegistryDatabase db) {
    this.db = db;
  }

  /**
   * Makes a base model known; to be called at each start with the one that is served.
   *
   * @throws dev.heddle.registry.InvalidException if the name breaks the rule
   * @throws ConflictException {@code name-taken} if a tenant's adapter or alias has the name
   */
  public BaseModel register(String name, Digest digest) {
    Names.require("base model", name);
    return db.change(jdbc -> {
      BaseNames.lock(jdbc);
      BaseModel model = find(jdbc, name, digest).orElseGet(() -> insert(jdbc, name, digest));
      BaseNames.addToAll(jdbc, name);
      refuseOtherUse(jdbc, name);
      return model;
    });
  }

  private static BaseModel insert(JdbcClient jdbc, String name, Digest digest) {
    jdbc.sql("insert into base_model (id, name, digest) values (:id, :name, :digest)")
        .param("id", Ids.next())
        .param("name", name)
        .param("digest", digest.bytes())
        .update();
    AuditLog.write(
        jdbc,
        Actor.SYSTEM,
        null,
        "base-model.register",
        name,
        null,
        Map.of("digest", digest.hex()));
    return find(jdbc, name, digest).orElseThrow();
  }

  private static void refuseOtherUse(JdbcClient jdbc, String name) {
    List<String> tenants =
        jdbc.sql(
                """
                select t.name from callable_name c join tenant t on t.id = c.tenant_id
                where c.name = :name and c.kind <> 'base' order by t.name limit 5
                """)
            .param("name", name)
            .query((row, n) -> row.getString("name"))
            .list();
    if (!tenants.isEmpty()) {
      throw new ConflictException(
          "name-taken",
          "the base model cannot be called '" + name + "': tenants use the name: " + tenants);
    }
  }

  private static Optional<BaseModel> find(JdbcClient jdbc, String name, Digest digest) {
    return jdbc.sql("select * from base_model where name = :name and digest = :digest")
        .param("name", name)
        .param("digest", digest.bytes())
        .query((row, n) ->
            new BaseModel(
                Columns.id(row, "id"),
                row.getString("name"),
                Columns.digest(row, "digest"),
                Columns.instant(row, "created_at")))
        .optional();
  }
}
