package uk.ac.manchester.tornado.api.types.arrays;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class TornadoNativeArrayTest {
  @Test
  void a_segment_is_used_as_it_is_after_its_header() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment segment = arena.allocate(16 + 3 * 4, 8);
      segment.set(ValueLayout.JAVA_FLOAT, 20, 2.5f);
      FloatArray array = FloatArray.fromSegmentShallow(segment);
      assertThat(array.getSize()).isEqualTo(3);
      assertThat(array.get(1)).isEqualTo(2.5f);
      array.set(2, 7);
      assertThat(segment.get(ValueLayout.JAVA_FLOAT, 24)).isEqualTo(7);
      assertThat(segment.get(ValueLayout.JAVA_INT, 0)).isEqualTo(3);
      assertThat(array.getSegmentWithHeader().address()).isEqualTo(segment.address());
      assertThat(array.getSegment().address()).isEqualTo(segment.address() + 16);
      assertThat(array.getNumBytesOfSegment()).isEqualTo(12);
      assertThat(array.getNumBytesOfSegmentWithHeader()).isEqualTo(28);
    }
  }

  @Test
  void a_segment_that_is_no_header_and_elements_is_refused() {
    MemorySegment ragged = Arena.ofAuto().allocate(18, 8);
    assertThatThrownBy(() -> IntArray.fromSegmentShallow(ragged))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> IntArray.fromSegmentShallow(ragged.asSlice(0, 8)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void an_array_is_zero_at_first_and_holds_what_is_set() {
    IntArray array = new IntArray(3);
    assertThat(array.toHeapArray()).containsOnly(0);
    array.init(4);
    array.set(1, -1);
    assertThat(array.toHeapArray()).containsExactly(4, -1, 4);
    assertThat(IntArray.fromElements(1, 2).get(1)).isEqualTo(2);
    assertThat(FloatArray.fromArray(new float[] {1, 2}).get(1)).isEqualTo(2);
  }

  @Test
  void an_index_outside_is_refused_and_does_not_reach_the_header() {
    IntArray array = new IntArray(3);
    assertThatThrownBy(() -> array.get(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> array.set(3, 0)).isInstanceOf(IndexOutOfBoundsException.class);
  }
}
