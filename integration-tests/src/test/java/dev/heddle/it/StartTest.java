package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A platform that cannot start as configured says why, for people. */
class StartTest {
  @TempDir Path folder;

  @Test
  void an_accelerator_that_is_not_there_is_missed_in_a_sentence() {
    Path data = folder.resolve("data");
    assertThatThrownBy(() -> PlatformProcess.start(data, "--heddle.engine.backend=tornado"))
        .hasMessageContaining("The engine cannot start: backend tornado: ")
        .hasMessageContaining("TORNADOVM_HOME")
        .hasMessageContaining("./heddle --backend tornado")
        .message()
        .doesNotContain("\tat ");
  }
}
