package dev.heddle.ops.packed;

import dev.heddle.ops.PackedWeights;
import dev.heddle.ops.memory.NativeMemory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One load of a model's packed weights: what of it comes from a file, and where it lies. */
final class PackedLoad implements PackedWeights, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PackedLoad.class);
  private static final long MIB = 1 << 20;

  private final Path file;
  private final String identity;
  private final @Nullable PackedFile kept;
  private final long startNanos = System.nanoTime();
  private final List<PackedWriter.Source> sources = new ArrayList<>();
  private long restored;
  private boolean complete;

  /**
   * @param kept what is read, closed with this; null if nothing can be
   */
  PackedLoad(Path file, String identity, @Nullable PackedFile kept) {
    this.file = file;
    this.identity = identity;
    this.kept = kept;
    complete = kept != null;
  }

  @Override
  public boolean fill(String name, long address, long bytes) {
    synchronized (this) {
      sources.add(new PackedWriter.Source(name, address, bytes));
    }
    if (kept == null || !isComplete()) {
      return false;
    }
    String fault = "it has no " + name + " of " + bytes + " bytes";
    try {
      if (kept.read(name, address, bytes)) {
        count(bytes);
        return true;
      }
    } catch (IOException e) {
      fault = String.valueOf(e.getMessage());
      NativeMemory.ALL.asSlice(address, bytes).fill((byte) 0);
    }
    fail(fault);
    return false;
  }

  private synchronized void count(long bytes) {
    restored += bytes;
  }

  private synchronized void fail(String fault) {
    if (complete) {
      complete = false;
      log.warn("the packed weights in {} are damaged ({}): they are made anew", file, fault);
    }
  }

  Path file() {
    return file;
  }

  String identity() {
    return identity;
  }

  /** All weights in memory, in the order in which they were asked for. */
  synchronized List<PackedWriter.Source> sources() {
    return List.copyOf(sources);
  }

  /** Whether nothing has been packed. */
  synchronized boolean isComplete() {
    return complete;
  }

  @Override
  public void close() {
    if (kept == null) {
      return;
    }
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    if (isComplete()) {
      log.info(
          "base model: {} MiB of packed weights read from {} in {} s",
          restored / MIB,
          file,
          String.format("%.1f", seconds));
    }
    try {
      kept.close();
    } catch (IOException e) {
      log.debug("a file that was read cannot be closed", e);
    }
  }
}
