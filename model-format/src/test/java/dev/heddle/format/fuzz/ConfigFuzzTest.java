package dev.heddle.format.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.heddle.format.FormatException;
import dev.heddle.format.Json;
import dev.heddle.format.model.ModelConfigReader;
import dev.heddle.format.model.ModelShape;

/** Any bytes as config.json give a shape that makes sense, or a FormatException. */
class ConfigFuzzTest {
  @FuzzTest
  void any_configuration_is_a_shape_or_is_refused(byte[] json) {
    ModelShape shape;
    try {
      shape = ModelConfigReader.parse(Json.parse(json, "config.json"), null);
    } catch (FormatException e) {
      assertThat(e.violations()).isNotEmpty();
      return;
    }
    assertThat(shape.moeLayers()).isPositive();
    assertThat(shape.expertElements()).isPositive();
    assertThat(shape.experts().topK()).isBetween(1, shape.experts().routed());
    assertThat(shape.attention().ropeDim() % 2).isZero();
  }
}
