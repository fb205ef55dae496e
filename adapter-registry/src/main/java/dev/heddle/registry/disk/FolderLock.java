package dev.heddle.registry.disk;

import dev.heddle.format.Violation;
import dev.heddle.registry.UnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Makes one process the sole owner of a folder; the kernel gives the lock back however it ends. */
public final class FolderLock implements AutoCloseable {
  private static final String FILE = "lock";
  private static final int HOLDER_MAX = 200;

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
   * @throws IllegalStateException if another process, or this one, already has it; says who
   * @throws UncheckedIOException if the folder cannot be made or written to
   */
  public static FolderLock take(Path folder) {
    return take(folder, "process " + ProcessHandle.current().pid());
  }

  /**
   * @param holder what others are told of who has the folder
   */
  public static FolderLock take(Path folder, String holder) {
    Path file = folder.resolve(FILE);
    try {
      Files.createDirectories(folder);
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (tryLock(channel)) {
        channel.truncate(0);
        channel.write(StandardCharsets.UTF_8.encode(holder + "\n"));
        return new FolderLock(channel);
      }
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot use the folder " + folder, e);
    }
    throw new IllegalStateException(
        "the folder %s is in use by another Heddle (%s); stop it, or choose another folder"
            .formatted(folder, told(file)));
  }

  /** Who has a folder; empty if nobody does. Takes it for a moment, and changes nothing. */
  public static Optional<String> holder(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    if (Files.notExists(file)) {
      return Optional.empty();
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      return tryLock(channel) ? Optional.empty() : Optional.of(told(file));
    }
  }

  private static String told(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      String holder = new String(in.readNBytes(HOLDER_MAX), StandardCharsets.UTF_8).strip();
      return holder.isEmpty() ? "it does not say which" : Violation.printable(holder, HOLDER_MAX);
    } catch (IOException e) {
      return "which cannot be read";
    }
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
      throw UnavailableException.store("the folder " + folder + " cannot be made ready", e);
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
