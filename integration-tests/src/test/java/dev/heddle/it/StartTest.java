package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the program says before the platform starts, or when it cannot. */
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          serve --help          | Usage: heddle serve
          demo --help           | Usage: heddle demo
          help serve            | HEDDLE_SERVING_LOAD_WAIT (30s)
          --help                | Usage: heddle
          help push             | Usage: heddle push
          serve --version       | heddle 0.
          version               | heddle 0.
          """)
  void help_and_version_go_to_stdout(String words, String said) throws Exception {
    Ran ran = run(words.split(" ", -1));
    assertThat(ran.said()).contains(said);
    assertThat(ran.exit()).isZero();
  }

  @Test
  void a_stack_trace_is_for_those_who_ask() throws Exception {
    Ran ran = run("serve", "--debug", "--heddle.port=-1", "--heddle.data=" + folder);
    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.errors()).contains("Heddle does not start:", "\tat dev.heddle.app.start.");
  }

  private record Ran(int exit, String said, String errors) {}

  private Ran run(String... words) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            PlatformProcess.program(
                "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", PlatformProcess.LOG));
    command.addAll(List.of(words));
    Path errors = folder.resolve("errors");
    Process process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.to(errors.toFile()))
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ran(process.waitFor(), said, Files.readString(errors));
  }
}
