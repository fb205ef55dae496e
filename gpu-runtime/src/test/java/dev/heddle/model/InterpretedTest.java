package dev.heddle.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The interpreter computes the very bits of compiled code. */
class InterpretedTest {
  private static final String CASE = "lite-yarn";

  @ParameterizedTest
  @ValueSource(strings = {"reference", "vector"})
  void interpreted_and_compiled_code_agree_to_the_bit(String backend) throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process process =
        new ProcessBuilder(
                List.of(
                    java,
                    "-Xint",
                    "-Xmx512m",
                    "--add-modules",
                    "jdk.incubator.vector",
                    "--enable-native-access=ALL-UNNAMED",
                    "-Dheddle.repo=" + System.getProperty("heddle.repo"),
                    "-cp",
                    System.getProperty("java.class.path"),
                    BitsOfOneCase.class.getName(),
                    CASE,
                    backend))
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output).contains("bits " + BitsOfOneCase.hash(CASE, backend, 300));
  }
}
