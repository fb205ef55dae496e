package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A base model one of whose bits turns between two starts, and nothing else of its file. */
class DamagedBaseTest {
  private static final int HEAP = 256;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  @Test
  void the_second_start_serves_finds_the_damage_and_says_so_and_the_third_is_refused()
      throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path data = folder.resolve("data");
    Path model = copyOfTheDemoModel();
    try (PlatformProcess first = PlatformProcess.launch(data, model, HEAP)) {
      first.awaitReady();
      assertThat(first.log()).contains("reading every byte of the base model");
    }
    turnABit(model.resolve("model.safetensors"));

    try (PlatformProcess second = PlatformProcess.launch(data, model, HEAP)) {
      second.awaitSaid("the base model is damaged: ");
      assertThat(second.log()).contains("have not changed since an earlier start");
      assertThat(status(second, "/actuator/health/readiness")).isEqualTo(503);
      assertThat(status(second, "/actuator/health/liveness")).isEqualTo(200);
      assertThat(second.send(second.request("/actuator/prometheus")).body())
          .contains("heddle_base_model_damaged_files 1.0");
    }
    assertThatThrownBy(
            () -> {
              try (PlatformProcess third = PlatformProcess.launch(data, model, HEAP)) {
                third.awaitReady();
              }
            })
        .hasMessageContaining("the base model in " + model + " is damaged");
  }

  private static int status(PlatformProcess platform, String path) throws IOException {
    return platform.send(platform.request(path)).statusCode();
  }

  private Path copyOfTheDemoModel() throws IOException {
    Path model = Files.createDirectory(folder.resolve("model"));
    for (String name :
        new String[] {
          "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"
        }) {
      Files.copy(PlatformFixture.DEMO.resolve("base").resolve(name), model.resolve(name));
    }
    return model.toRealPath();
  }

  private static void turnABit(Path weights) throws IOException {
    FileTime time = Files.getLastModifiedTime(weights);
    try (RandomAccessFile file = new RandomAccessFile(weights.toFile(), "rw")) {
      long at = file.length() - 1000;
      file.seek(at);
      int value = file.read();
      file.seek(at);
      file.write(value ^ 1);
    }
    Files.setLastModifiedTime(weights, time);
  }
}
