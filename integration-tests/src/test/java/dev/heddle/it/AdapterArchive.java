package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.safetensors.Checkpoint;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** A version as it was downloaded. */
final class AdapterArchive {
  private AdapterArchive() {}

  /** Unpacks a tar into a folder. */
  static void unpack(InputStream archive, Path folder) throws IOException {
    try (TarArchiveInputStream tar = new TarArchiveInputStream(archive)) {
      for (TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
        Path file = folder.resolve(e.getName());
        Files.createDirectories(file.getParent());
        Files.copy(tar, file);
      }
    }
  }

  /** The same configuration byte for byte, the same tensors bit for bit under their full names. */
  static void assertSame(Path copy, Path original) throws IOException {
    assertThat(copy.resolve("expert_cfg.json"))
        .hasSameBinaryContentAs(original.resolve("expert_cfg.json"));
    try (Checkpoint before = Checkpoint.open(original);
        Checkpoint after = Checkpoint.open(copy)) {
      assertThat(after.names()).hasSameSizeAs(before.names());
      for (String name : before.names()) {
        String full = name.startsWith("model.") ? name : "model." + name;
        assertThat(after.data(full).mismatch(before.data(name))).as(name).isEqualTo(-1);
      }
    }
  }
}
