package dev.heddle.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.format.model.ModelShape;
import dev.heddle.format.testing.Shapes;
import dev.heddle.ops.reference.ReferenceOps;
import dev.heddle.ops.vector.VectorOps;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpsProviderTest {
  private static final ModelShape SHAPE = Shapes.tiny();

  /** Leaves sums as they are. */
  static final class NoAddition {
    public void add(Tensor x, Tensor y, Rows rows) {}
  }

  /** Has a method that is no operation. */
  static final class Misspelt {
    public void addd(Tensor x, Tensor y, Rows rows) {}
  }

  @Test
  void an_override_that_is_no_operation_is_refused() {
    assertThatThrownBy(() -> OverriddenOps.of(new ReferenceOps(), new Misspelt()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("addd");
  }

  @Test
  void the_fastest_backend_that_works_is_chosen_unless_one_is_named() {
    try (Ops auto = OpsProvider.choose(SHAPE, Precision.STORED, OpsProvider.AUTO, 2);
        Ops vector = OpsProvider.choose(SHAPE, Precision.STORED, "vector", 1);
        Ops reference = OpsProvider.choose(SHAPE, Precision.STORED, "reference", 1)) {
      assertThat(auto).isInstanceOf(VectorOps.class);
      assertThat(vector).isInstanceOf(VectorOps.class);
      assertThat(reference).isInstanceOf(ReferenceOps.class);
    }
  }

  @Test
  void an_unknown_backend_is_refused_by_name() {
    assertThatThrownBy(() -> OpsProvider.choose(SHAPE, Precision.STORED, "abacus", 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("abacus")
        .hasMessageContaining("vector, onednn, reference");
  }

  @Test
  void an_accelerator_that_this_build_is_without_is_said_to_be_missing_and_how_to_get_it() {
    assertThatThrownBy(() -> OpsProvider.choose(SHAPE, Precision.STORED, "tornado", 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("this build is without it")
        .hasMessageContaining("TORNADOVM_HOME")
        .hasMessageContaining("./heddle --backend tornado");
  }

  /** Stores nothing of keys and values. */
  static final class NoKeys {
    public void storeKeyValue(
        KvCache cache, int layer, Tensor values, Tensor keys, Tensor kvSlots, Rows rows) {}
  }

  private static ModelShape shape(String family) {
    return Shapes.random(family, new Random(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"deepseek_v2", "qwen3_moe", "mixtral"})
  void a_backend_whose_results_differ_fails_the_self_check(String family) {
    Ops wrong = OverriddenOps.of(new ReferenceOps(), new NoAddition());
    ModelShape shape = shape(family);
    assertThat(SelfCheck.compare(wrong, new ReferenceOps(), shape, Precision.STORED, 0)).isFalse();
    assertThat(
            SelfCheck.compare(new ReferenceOps(), new ReferenceOps(), shape, Precision.STORED, 0))
        .isTrue();
  }

  @Test
  void the_self_check_computes_the_attention_that_the_model_has() {
    Ops wrong = OverriddenOps.of(new ReferenceOps(), new NoKeys());
    assertThat(
            SelfCheck.compare(wrong, new ReferenceOps(), shape("qwen3_moe"), Precision.STORED, 0))
        .isFalse();
    assertThat(
            SelfCheck.compare(wrong, new ReferenceOps(), shape("deepseek_v2"), Precision.STORED, 0))
        .isTrue();
  }

  /** Routes as if there were no correction and no gate. */
  static final class PlainRouter {
    private final Ops target;

    PlainRouter(Ops target) {
      this.target = target;
    }

    public void route(
        Routing out,
        Tensor logits,
        @Nullable Tensor correction,
        @Nullable Tensor sharedGate,
        RouteRule rule,
        Tensor map,
        int mapRow,
        Tensor adapters,
        @Nullable Tensor counts,
        Rows rows) {
      target.route(out, logits, null, null, rule, map, mapRow, adapters, counts, rows);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"deepseek_v3", "qwen2_moe"})
  void the_self_check_computes_the_router_that_the_model_has(String family) {
    ReferenceOps target = new ReferenceOps();
    Ops router = OverriddenOps.of(target, new PlainRouter(target));
    assertThat(SelfCheck.compare(router, new ReferenceOps(), shape(family), Precision.STORED, 0))
        .isFalse();
  }
}
