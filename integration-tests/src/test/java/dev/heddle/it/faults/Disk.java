package dev.heddle.it.faults;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A small file system of its own for a data folder, which can be filled. Needs root. */
final class Disk implements AutoCloseable {
  private static final int SIZE_MIB = 192;
  private static final int PIECE = 1 << 14;

  private final Path folder;
  private final boolean mounted;

  /** Mounts it on a folder, where that is allowed. */
  Disk(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.mounted =
        Programs.run(
            "mount", "-t", "tmpfs", "-o", "size=" + SIZE_MIB + "m,mode=700", "heddle", "" + folder);
  }

  /** Whether there is such a file system, and a fault of the disk can be had. */
  boolean isOwn() {
    return mounted;
  }

  /** Leaves no byte free. */
  void fill() throws IOException {
    byte[] zeros = new byte[PIECE];
    try (OutputStream out = Files.newOutputStream(filler())) {
      while (true) {
        out.write(zeros);
      }
    } catch (IOException full) {
      if (!String.valueOf(full.getMessage()).contains("No space left")) {
        throw full;
      }
    }
  }

  void free() throws IOException {
    Files.deleteIfExists(filler());
  }

  private Path filler() {
    return folder.resolve("filled-by-a-test");
  }

  @Override
  public void close() throws IOException {
    if (mounted) {
      Programs.run("umount", "-l", folder.toString());
    }
  }
}
