package dev.heddle.registry.disk;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.registry.UnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderLockTest {
  @TempDir private Path folder;

  @Test
  void a_folder_that_is_taken_is_not_taken_again() {
    try (FolderLock lock = FolderLock.take(folder, () -> {})) {
      assertThatThrownBy(() -> FolderLock.take(folder)).isInstanceOf(IllegalStateException.class);
    }
    FolderLock.take(folder).close();
  }

  @Test
  void a_folder_that_cannot_be_made_ready_is_free_again() {
    refused(
        UnavailableException.class,
        () -> {
          throw new IOException("no room");
        });
    refused(
        UnavailableException.class,
        () -> {
          throw new UncheckedIOException(new IOException("no room"));
        });
    refused(
        IllegalArgumentException.class,
        () -> {
          throw new IllegalArgumentException("another's");
        });
  }

  private void refused(Class<?> as, FolderLock.Preparation preparation) {
    assertThatThrownBy(() -> FolderLock.take(folder, preparation)).isInstanceOf(as);
    FolderLock.take(folder).close();
  }
}
