package dev.heddle.tornado;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.ops.WeightFormat;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Experts are declared by many threads at once, and none is lost. */
class SlotsFromThreadsTest {
  private static final long GIB = 1L << 30;

  @Test
  void work_kept_by_many_threads_is_all_there() {
    Declarations declared =
        new Declarations(new DeviceLimits("device", GIB, GIB, GIB, DeviceClass.CPU));
    declared.pool(8, 4, 4, WeightFormat.F32);
    int before = declared.takeLater().size();
    int slots = 100_000;
    IntStream.range(0, slots).parallel().forEach(i -> declared.later(engine -> {}));
    assertThat(before).isEqualTo(1); // the table of bf16
    assertThat(declared.takeLater()).hasSize(slots).doesNotContainNull();
  }
}
