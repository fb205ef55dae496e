package dev.heddle.ops.packed;

import dev.heddle.ops.PackedWeights;
import dev.heddle.ops.team.Niceness;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the packed weights of a base model are kept from one start to the next. The first start
 * packs them, and writes them while it serves; a later one of the same weights and layout reads
 * them. Whatever goes wrong with the file costs its use and a line of the log, never a start.
 *
 * <p>{@link #open}, {@link #loaded} and {@link #keep} are called by one thread, in that order; the
 * other methods by any.
 */
public final class PackedStore implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PackedStore.class);
  private static final String SUFFIX = ".packed";
  private static final long MIB = 1 << 20;

  private final @Nullable Path file;
  private final BooleanSupplier unchanged;
  private @Nullable PackedLoad load;
  private @Nullable Thread writer;
  private boolean forgotten;

  private PackedStore(@Nullable Path file, BooleanSupplier unchanged) {
    this.file = file;
    this.unchanged = unchanged;
  }

  /**
   * Keeps them in a folder, which has no other use, or in which nothing else has a name that ends
   * with {@value #SUFFIX}: files of other models are deleted there when this one's is written.
   *
   * @param name of the model, without what ends the file's name
   * @param unchanged whether the model's files are still those that its digest was made of; asked
   *     by the writing thread before a new file gets its name; may wait until it knows, and gives
   *     up, still interrupted, when it is interrupted
   */
  public static PackedStore in(Path folder, String name, BooleanSupplier unchanged) {
    return new PackedStore(folder.resolve(name + SUFFIX), unchanged);
  }

  /** Keeps nothing. */
  public static PackedStore none() {
    return new PackedStore(null, () -> false);
  }

  /**
   * Begins a load.
   *
   * @param identity of weights and layout, one line
   */
  public PackedWeights open(String identity) {
    if (file == null) {
      return PackedWeights.NONE;
    }
    load = new PackedLoad(file, identity, opened(file, identity));
    return load;
  }

  private static @Nullable PackedFile opened(Path file, String identity) {
    try {
      PackedFile kept = PackedFile.open(file);
      if (kept.identity().equals(identity)) {
        return kept;
      }
      log.info(
          "the packed weights in {} are '{}', not '{}': they are made anew",
          file,
          kept.identity(),
          identity);
      kept.close();
    } catch (NoSuchFileException e) {
      log.debug("there are no packed weights yet in {}", file);
    } catch (IOException e) {
      log.warn(
          "the packed weights in {} cannot be used ({}): they are made anew", file, e.getMessage());
    }
    return null;
  }

  /** Ends the load: all weights are where they belong. */
  public void loaded() {
    if (load != null) {
      load.close();
    }
  }

  /** Has what was packed anew written in the background, for the next start. */
  public synchronized void keep() {
    if (load != null && !load.isComplete() && !forgotten) {
      writer =
          Niceness.factory(Thread.ofPlatform().daemon().name("heddle-packed").factory())
              .newThread(this::write);
      writer.start();
    }
  }

  private void write() {
    Path target = load().file();
    Path beside = target.resolveSibling(target.getFileName() + ".new");
    List<PackedWriter.Source> sources = load().sources();
    long mebibytes = sources.stream().mapToLong(PackedWriter.Source::bytes).sum() / MIB;
    try {
      Files.createDirectories(target.toAbsolutePath().resolveSibling(""));
      Files.deleteIfExists(target); // it is of no use, and the disk may be small
      Files.deleteIfExists(beside);
      PackedWriter.write(beside, load().identity(), sources);
      boolean same = unchanged.getAsBoolean();
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (name(beside, target, same)) {
        log.info("packed weights for the next start: {} MiB in {}", mebibytes, target);
      }
    } catch (InterruptedException | ClosedByInterruptException e) {
      log.debug("the packed weights are not written to their end", e);
    } catch (IOException | RuntimeException e) {
      log.warn(
          "the packed weights ({} MiB) are not kept in {}: the next start packs them again ({})",
          mebibytes,
          target,
          e.toString());
    } finally {
      remove(beside);
    }
  }

  private PackedLoad load() {
    if (load == null) {
      throw new IllegalStateException("nothing was loaded");
    }
    return load;
  }

  /** Gives the file its name, unless it has become untrue. */
  private synchronized boolean name(Path beside, Path target, boolean same) throws IOException {
    if (forgotten || !same) {
      log.warn("the base model's files have changed: its packed weights are not kept");
      return false;
    }
    Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE);
    Path folder = target.toAbsolutePath().resolveSibling("");
    try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
      names.force(true);
    }
    removeOthers(folder, target);
    return true;
  }

  private static void removeOthers(Path folder, Path target) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      for (Path other : all.toList()) {
        String name = other.getFileName().toString();
        if ((name.endsWith(SUFFIX) || name.endsWith(SUFFIX + ".new"))
            && !name.equals(target.getFileName().toString())) {
          Files.deleteIfExists(other);
          log.info("deleted {}, the packed weights of another model", other);
        }
      }
    }
  }

  private static void remove(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      log.warn("{} cannot be deleted: {}", file, e.toString());
    }
  }

  /** The weights were made of files that are not what their digest says: none are kept. */
  public synchronized void forget() {
    forgotten = true;
    if (file != null) {
      remove(file);
    }
  }

  /** Ends the writing; the weights in memory may go away afterwards. */
  @Override
  public void close() {
    Thread writing;
    synchronized (this) {
      forgotten |= writer == null; // none is begun any more
      writing = writer;
    }
    if (writing == null) {
      return;
    }
    writing.interrupt();
    boolean interrupted = false;
    while (writing.isAlive()) {
      try {
        writing.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
