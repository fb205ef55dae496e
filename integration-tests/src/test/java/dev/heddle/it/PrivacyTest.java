package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lies in the data folder is for the user alone whom the platform runs as. */
class PrivacyTest {
  @TempDir Path temp;

  @Test
  void nobody_else_reaches_what_is_kept() throws IOException {
    Path data = Files.createDirectory(temp.resolve("data"));
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (PlatformProcess platform = PlatformProcess.start(data)) {
      platform.publish("intent");
      assertThat(open(data)).isEmpty();
      assertThat(data.resolve("experts")).isNotEmptyDirectory();
    }
  }

  /** What anybody but the owner may read, write or enter; the server's programs are no secret. */
  private static List<String> open(Path data) throws IOException {
    try (Stream<Path> files = Files.walk(data)) {
      return files
          .filter(file -> !Files.isSymbolicLink(file))
          .filter(file -> !file.toString().contains("/postgresql-"))
          .filter(PrivacyTest::isOpen)
          .map(Path::toString)
          .toList();
    }
  }

  private static boolean isOpen(Path file) {
    try {
      return Files.getPosixFilePermissions(file).stream()
          .map(PosixFilePermission::name)
          .anyMatch(name -> !name.startsWith("OWNER_"));
    } catch (IOException e) {
      return false; // it has just gone
    }
  }
}
