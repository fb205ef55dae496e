package dev.heddle.ops.onednn;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** A library that is not there, or not oneDNN, is refused in words. */
class OneDnnTest {
  @Test
  void a_library_that_is_not_there_is_named() {
    assertThatThrownBy(() -> OneDnn.open("/nowhere/libdnnl.so.3"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("/nowhere/libdnnl.so.3");
  }

  @Test
  void another_library_lacks_its_functions() {
    assertThatThrownBy(() -> OneDnn.open("libc.so.6"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no function dnnl_version");
  }
}
