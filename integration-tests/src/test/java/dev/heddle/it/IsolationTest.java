package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.it.contract.ContractDocument;
import dev.heddle.it.contract.DerivedDocument;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Every operation of the API's document, asked by everybody: nobody learns of another tenant's
 * things, not even that they are there. Strangers come first, and nothing may be different after
 * them; owners come last. An operation that this cannot call fails it, so that none is forgotten.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class IsolationTest {
  private static final Map<String, String> NONE = Map.of();

  /** Numbers that change by themselves. */
  private static final Set<String> RESTLESS = Set.of("last_used_at", "resident");

  private static List<MatrixRow> rows;
  private static TenantWorld world;
  private static Map<String, String> before;

  @BeforeAll
  static void prepare() throws IOException, InterruptedException {
    PlatformFixture platform = PlatformFixture.get();
    ObjectNode derived =
        (ObjectNode) PlatformFixture.expect(200, platform.get(DerivedDocument.PATH));
    ObjectNode document = ContractDocument.of(derived, Path.of(System.getProperty("heddle.repo")));
    try (InputStream in = IsolationTest.class.getResourceAsStream("isolation.json")) {
      rows = MatrixRow.all(document, JsonMapper.shared().readTree(in));
    }
    world = new TenantWorld();
    before = state();
  }

  static Stream<MatrixRow> rows() {
    return rows.stream().filter(row -> row.gap() == null);
  }

  static Stream<MatrixRow> guarded() {
    return rows().filter(row -> !row.isOpen());
  }

  static Stream<MatrixRow> management() {
    return guarded().filter(row -> !row.isInference());
  }

  static Stream<MatrixRow> ownManagement() {
    return management().filter(row -> !row.isOperators());
  }

  @Test
  @Order(0)
  void every_operation_of_the_document_can_be_called() {
    assertThat(rows.stream().map(MatrixRow::gap).filter(Objects::nonNull)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("guarded")
  @Order(1)
  void to_a_stranger_anothers_thing_looks_like_none(MatrixRow row) {
    List<String> keys = new ArrayList<>(List.of(world.strangerKey));
    if (!row.isInference()) {
      keys.add(world.grantedKey); // a grant is to call, not to manage
    }
    for (String key : keys) {
      HttpResponse<String> others = row.send(key, world.own, NONE);
      HttpResponse<String> nobodys = row.send(key, world.own.absent(), NONE);

      assertThat(others.statusCode()).isLessThan(500);
      assertThat(MatrixRow.seen(others, world.own))
          .isEqualTo(MatrixRow.seen(nobodys, world.own.absent()));
      assertThat(others.body()).doesNotContain(world.own.digest());
    }
  }

  @ParameterizedTest
  @MethodSource("management")
  @Order(2)
  void acting_for_another_is_refused_without_the_scope_whether_there_is_such_a_tenant_or_not(
      MatrixRow row) {
    HttpResponse<String> real =
        row.send(world.strangerKey, world.own, Map.of("x-heddle-tenant", TenantWorld.OWNER));
    HttpResponse<String> none =
        row.send(world.strangerKey, world.own, Map.of("x-heddle-tenant", TenantWorld.NOBODY));

    assertThat(real.statusCode()).isEqualTo(403);
    assertThat(MatrixRow.seen(real, world.own)).isEqualTo(MatrixRow.seen(none, world.own));
  }

  @ParameterizedTest
  @MethodSource("guarded")
  @Order(3)
  void without_a_key_that_holds_nothing_opens(MatrixRow row) {
    String none = MatrixRow.seen(row.send(null, world.own, NONE), world.own);

    assertThat(none).startsWith("401");
    for (String key : List.of("hdl_x", world.expiredKey, world.revokedKey)) {
      assertThat(MatrixRow.seen(row.send(key, world.own, NONE), world.own)).isEqualTo(none);
    }
  }

  @ParameterizedTest
  @MethodSource("guarded")
  @Order(4)
  void a_key_without_the_scope_learns_nothing(MatrixRow row) {
    Map<String, String> keys =
        Map.of(
            "inference", world.inferenceKey,
            "adapters", world.adaptersKey,
            "admin", world.operatorKey);
    keys.forEach((scope, key) -> {
      if (!row.scopes().contains(scope)) {
        HttpResponse<String> others = row.send(key, world.own, NONE);
        HttpResponse<String> nobodys = row.send(key, world.own.absent(), NONE);

        assertThat(others.statusCode()).as(scope).isEqualTo(403);
        assertThat(MatrixRow.seen(others, world.own))
            .isEqualTo(MatrixRow.seen(nobodys, world.own.absent()));
      }
    });
  }

  @Test
  @Order(5)
  void a_grant_is_to_call_and_to_see_among_the_models_and_for_nobody_else() {
    String digest = world.own.digest();
    for (String name : List.of("weft-own", "weft-own@1", "weft-own@" + digest, "weft-own-alias")) {
      String qualified = TenantWorld.OWNER + "/" + name;
      assertThat(complete(world.grantedKey, qualified).statusCode()).as(qualified).isEqualTo(200);
      assertThat(complete(world.strangerKey, qualified).body())
          .isEqualTo(
              complete(world.strangerKey, qualified.replace("weft", "none"))
                  .body()
                  .replace("none", "weft"));
      assertThat(complete(world.grantedKey, name).statusCode()).as(name).isEqualTo(404);
    }

    assertThat(models(world.grantedKey)).contains("loom-owner/weft-own");
    assertThat(models(world.strangerKey)).doesNotContain("weft-own", "loom-owner");
  }

  private static HttpResponse<String> complete(String key, String model) {
    String body = "{\"model\":\"" + model + "\",\"prompt\":\"a\",\"max_tokens\":1}";
    return TenantWorld.send(key, "POST", "/v1/completions", NONE, body);
  }

  private static String models(String key) {
    return TenantWorld.send(key, "GET", "/v1/models", NONE, "").body();
  }

  @Test
  @Order(6)
  void after_all_that_nothing_of_the_owners_is_different() {
    assertThat(state()).isEqualTo(before);
  }

  @ParameterizedTest
  @MethodSource("rows")
  @Order(7)
  void the_owner_reaches_its_own(MatrixRow row) {
    String key = row.isOperators() ? PlatformFixture.KEY : world.ownerKey;

    HttpResponse<String> response = row.send(key, world.own, NONE);

    assertReached(row, response);
  }

  @ParameterizedTest
  @MethodSource("ownManagement")
  @Order(8)
  void an_operator_reaches_what_is_its_tenants_and_only_of_tenants_that_are_there(MatrixRow row) {
    HttpResponse<String> nobodys =
        row.send(world.operatorKey, world.acted, Map.of("x-heddle-tenant", TenantWorld.NOBODY));

    assertThat(nobodys.statusCode()).isEqualTo(404);
    assertReached(
        row,
        row.send(world.operatorKey, world.acted, Map.of("x-heddle-tenant", TenantWorld.OWNER)));
  }

  /** Whatever came of it, it was not for want of a right. */
  private static void assertReached(MatrixRow row, HttpResponse<String> response) {
    if (!row.refusal().isEmpty() && response.body().contains("\"" + row.refusal() + "\"")) {
      return;
    }
    assertThat(response.statusCode())
        .as(response.body())
        .isLessThan(500)
        .isNotIn(400, 401, 403, 404, 405, 406, 415);
  }

  /** Everything that the owner can read of what is its own. */
  private static Map<String, String> state() {
    Map<String, String> state = new TreeMap<>();
    ownManagement()
        .filter(row -> row.method().equals("get") && !row.isRestless())
        .forEach(row -> {
          HttpResponse<String> response = row.send(world.ownerKey, world.own, NONE);
          state.put(row.path(), response.statusCode() + " " + resting(response.body()));
        });
    return state;
  }

  private static String resting(String body) {
    if (!body.startsWith("{")) {
      return body.length() + " " + body.hashCode();
    }
    JsonNode json = PlatformFixture.parse(body);
    RESTLESS.forEach(name -> json.findParents(name).forEach(o -> ((ObjectNode) o).remove(name)));
    return json.toString();
  }
}
