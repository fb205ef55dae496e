package dev.heddle.registry.disk;

import dev.heddle.registry.UnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Makes one process the sole owner of a folder; the kernel gives the lock back however it ends. */
public final class FolderLock implements AutoCloseable {
  private static final String FILE = "lock";

  /** Makes a folder ready for use. */
  public interface Preparation {
    void run() throws IOException;
  }

  private final FileChannel channel;

  private FolderLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Creates the folder where it is missing and takes it.
   *
   * @throws IllegalStateException if another process, or this one, already has it
   */
  public static FolderLock take(Path folder) {
    try {
      Files.createDirectories(folder);
      FileChannel channel =
          FileChannel.open(
              folder.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (tryLock(channel)) {
        return new FolderLock(channel);
      }
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot use the folder " + folder, e);
    }
    throw new IllegalStateException(
        "the folder " + folder + " is in use by another Heddle; stop it, or choose another folder");
  }

  /**
   * As {@link #take(Path)}, then makes the folder ready; it is given back if that fails.
   *
   * @throws UnavailableException if the disk does not let it
   */
  public static FolderLock take(Path folder, Preparation preparation) {
    FolderLock lock = take(folder);
    try {
      preparation.run();
      return lock;
    } catch (IOException | UncheckedIOException e) {
      lock.close();
      throw new UnavailableException("the folder " + folder + " cannot be made ready", e);
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false; // taken by this very process
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
