package dev.heddle.app.config;

import dev.heddle.format.Digest;
import dev.heddle.format.model.ModelFolder;
import dev.heddle.registry.disk.ReadPace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;

/**
 * Which base model it is that lies in a folder, and that it stays so. The digests of files that are
 * unchanged since an earlier start are taken on trust; their bytes are read again once the platform
 * serves, slowly. Where they are others, the base model is damaged: what was loaded of it may be
 * wrong, and so may every answer. This says so, for good; only another start can find it right.
 */
public final class BaseModelProof implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(BaseModelProof.class);

  private final ModelFolder model;
  private final WeightDigests kept;
  private final long bytesPerSecond;
  private final Map<String, Digest> trusted;
  private final Map<Path, String> files;
  private final Set<String> damaged = new ConcurrentSkipListSet<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean proven;
  private volatile Runnable onDamage = () -> {};
  private @Nullable Thread reader;

  private BaseModelProof(
      ModelFolder model,
      WeightDigests kept,
      long bytesPerSecond,
      Map<String, Digest> trusted,
      Map<Path, String> files) {
    this.model = model;
    this.kept = kept;
    this.bytesPerSecond = bytesPerSecond;
    this.trusted = trusted;
    this.files = files;
  }

  /**
   * Settles the digests of a model, and compares the model with that of the last start.
   *
   * @param data the data folder
   * @param bytesPerSecond most that are read in a second to prove what was taken on trust; with 0
   *     nothing is, and every byte is read now
   * @throws IllegalStateException if the files were damaged since the last start
   */
  static BaseModelProof settle(Path data, ModelFolder model, long bytesPerSecond)
      throws IOException {
    Path record = BaseModelRecord.path(data, model.path());
    WeightDigests kept =
        new WeightDigests(record.resolveSibling(record.getFileName() + ".digests"), model);
    Map<Path, String> before = kept.files();
    Map<String, Digest> trusted = bytesPerSecond == 0 ? Map.of() : kept.read();
    log.info(
        trusted.isEmpty()
            ? "reading every byte of the base model for its digest"
            : "the base model's files have not changed since an earlier start, whose digests are"
                + " used; the bytes are read again in the background");
    Map<String, Digest> all = model.tensorDigests(trusted);
    BaseModelRecord.check(record, model.path(), model.digest());
    if (!trusted.keySet().containsAll(all.keySet())) {
      kept.write(before, all);
    }
    return new BaseModelProof(model, kept, bytesPerSecond, trusted, before);
  }

  /** What a file about a model is called in the data folder, before what ends its name. */
  static Path place(Path data, ModelFolder model) throws IOException {
    return BaseModelRecord.path(data, model.path());
  }

  /** Whether the weights files are those whose digests were settled, as far as can be seen. */
  boolean isUnchanged() {
    try {
      return damaged.isEmpty() && kept.files().equals(files);
    } catch (IOException e) {
      log.warn("the base model's files cannot be looked at: {}", e.toString());
      return false;
    }
  }

  /**
   * Waits until what was taken on trust has been read again. Weights that were loaded meanwhile may
   * be kept under the model's digest only then.
   *
   * @return whether nothing was found; false too where the caller was interrupted, and stays so
   */
  boolean awaitProof() {
    try {
      if (!trusted.isEmpty()) {
        ended.await();
      }
      return (trusted.isEmpty() || proven) && isUnchanged();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Has something done when a file is found damaged, before readiness is down. */
  void onDamage(Runnable action) {
    onDamage = action;
  }

  /** Begins to read what was taken on trust, once the platform serves. */
  @EventListener(ApplicationReadyEvent.class)
  synchronized void start() {
    if (reader == null && !trusted.isEmpty()) {
      reader = Thread.ofPlatform().daemon().name("heddle-base-proof").start(this::run);
    }
  }

  private void run() {
    try {
      long bytes = readAll();
      if (damaged.isEmpty()) {
        proven = true;
        log.info("the base model is what it was: {} bytes were read again", bytes);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) { // a thread that ends in silence would look like a proof
      log.error("the background check of the base model failed", e);
    } finally {
      ended.countDown();
    }
  }

  private long readAll() throws InterruptedException {
    long bytes = 0;
    for (String tensor : new TreeSet<>(trusted.keySet())) {
      if (!isWhole(tensor)) {
        report(tensor);
      }
      long read = model.checkpoint().data(tensor).byteSize();
      bytes += read;
      ReadPace.keep(read, bytesPerSecond);
    }
    return bytes;
  }

  private boolean isWhole(String tensor) {
    try {
      return model.readDigest(tensor).equals(trusted.get(tensor));
    } catch (InternalError e) { // how a mapped file tells that the disk cannot read it
      return false;
    }
  }

  private void report(String tensor) {
    Path file = model.fileOf(tensor);
    if (!damaged.add(file.toString())) {
      return;
    }
    log.error(
        "the base model is damaged: {} in {} is not what it was at an earlier start, though the"
            + " file's size and times are. Answers may be wrong. Readiness is down; put the file"
            + " right and start again",
        tensor,
        file);
    onDamage.run();
    try {
      kept.forget();
    } catch (IOException e) {
      log.error("the kept digests of the base model cannot be removed", e);
    }
  }

  /** Paths of the files that were found damaged; none while nothing is known. */
  public List<String> damagedFiles() {
    return List.copyOf(damaged);
  }

  /** Waits until what was taken on trust has been read. */
  synchronized void join() throws InterruptedException {
    if (reader != null) {
      reader.join();
    }
  }

  @Override
  public synchronized void close() {
    if (reader == null) {
      return;
    }
    reader.interrupt();
    boolean interrupted = false;
    while (reader.isAlive()) { // the model's files are unmapped next
      try {
        reader.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
