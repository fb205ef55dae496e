package dev.heddle.registry.upload;

import dev.heddle.format.Digest;
import dev.heddle.format.FormatException;
import dev.heddle.format.Violation;
import dev.heddle.format.adapter.AdapterFolder;
import dev.heddle.format.adapter.AdapterManifest;
import dev.heddle.format.adapter.GoldenCase;
import dev.heddle.format.adapter.GoldenFile;
import dev.heddle.format.adapter.LoraFolder;
import dev.heddle.format.adapter.TunedExpert;
import dev.heddle.format.model.ModelFolder;
import dev.heddle.registry.Actor;
import dev.heddle.registry.ConflictException;
import dev.heddle.registry.QuotaExceededException;
import dev.heddle.registry.RegistryException;
import dev.heddle.registry.UnavailableException;
import dev.heddle.registry.adapter.CutValidation;
import dev.heddle.registry.adapter.StoredVersion;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.adapter.VersionDocument;
import dev.heddle.registry.adapter.VersionStates;
import dev.heddle.registry.db.RegistryDatabase;
import dev.heddle.registry.replica.Start;
import dev.heddle.registry.store.ExpertStore;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns an upload into a callable version, or into a report of everything that is wrong with it.
 *
 * <p>The order of steps makes it safe to be killed at any of them: the version is closed to
 * uploads; its files are checked as a whole; the experts' blobs are stored; the database is told
 * so; golden prompts, if there are any, are answered; one transaction makes it ready; the files go.
 * What a process leaves that ends before that transaction is finished by another one ({@link
 * #finish}), if all was stored and the store is shared. Else the version is opened for uploading
 * again, by {@link #recover} or by another process, and its blobs are removed by the next garbage
 * collection. A process that ends after the transaction leaves files that the upload area clears at
 * its next start. A process that is late, because another has taken its work, is refused its next
 * step.
 */
public final class AdapterIngest {
  private static final Logger log = LoggerFactory.getLogger(AdapterIngest.class);

  /** Heap that reading the configuration and the lists of tensors of one upload may take. */
  private static final long READING_BYTES = 192L << 20;

  private static final Duration REOPEN_PAUSE = Duration.ofSeconds(1);

  /** As many uploads are read at once as the heap has room for; others wait for their turn. */
  private final Semaphore readings =
      new Semaphore(
          Math.toIntExact(Math.max(1, Runtime.getRuntime().maxMemory() / READING_BYTES)), true);

  /** Versions that a thread of this process completes, or opens again. */
  private final Set<UUID> checking = ConcurrentHashMap.newKeySet();

  private final VersionStates states;
  private final UploadArea uploads;
  private final ExpertStore store;
  private final ModelFolder base;
  private final AdapterProof proof;

  public AdapterIngest(
      RegistryDatabase db,
      UploadArea uploads,
      ExpertStore store,
      ModelFolder base,
      AdapterProof proof,
      Start self) {
    this.states = new VersionStates(db, self);
    this.uploads = uploads;
    this.store = store;
    this.base = base;
    this.proof = proof;
  }

  /**
   * Ends a version's upload. Blocks while every byte is read once, and written once if it is new.
   *
   * @return the version, READY or REJECTED with its report
   * @throws ConflictException {@code version-state} if it is not uploading, or somebody else
   *     completes it; {@link VersionStates#TAKEN} if this process was taken for gone meanwhile
   * @throws dev.heddle.registry.ElsewhereException if its files lie at another replica
   * @throws UnavailableException if the disk, the bucket or the database fails; the version is
   *     uploading again then with its files, or will be when the database is back
   * @throws RuntimeException if its golden prompts cannot be answered now; the version is uploading
   *     again
   */
  public Version complete(Actor actor, Version version) {
    uploads.requireHere(version);
    if (!checking.add(version.id())) {
      throw new ConflictException(
          "version-state", version.label() + " is being completed by another request");
    }
    try {
      Version closed = begin(actor, version);
      return orReopened(closed, () -> check(actor, closed), () -> false);
    } finally {
      checking.remove(version.id());
    }
  }

  private Version begin(Actor actor, Version version) {
    try {
      return states.beginValidation(actor, version);
    } catch (UnavailableException e) {
      reopenLater(version); // it may be closed all the same
      throw e;
    }
  }

  /** Validations of processes that are gone. */
  public List<CutValidation> cut() {
    return states.cut();
  }

  /**
   * Takes over a validation whose process is gone; false if somebody else was first, or the process
   * has come back. Who takes it has to {@link #finish} it.
   */
  public boolean take(CutValidation cut) {
    return states.take(cut);
  }

  /**
   * Finishes what was taken over: the rest of the check, if all is in the store; else the version
   * is opened again. Blocks as {@link #complete} does.
   *
   * @param stopping whether what fails is left to another process, since this one ends
   * @throws RuntimeException as {@link #complete}
   */
  public void finish(CutValidation cut, BooleanSupplier stopping) {
    Version version = cut.version();
    StoredVersion stored = cut.stored();
    if (stored == null) {
      states.reopen(version);
      log.info("{} is open again: the replica that checked it is gone", version.label());
      return;
    }
    log.info("{} is taken over: the replica that checked it is gone", version.label());
    Version finished = orReopened(version, () -> prove(cut.actor(), version, stored), stopping);
    log.info("{} is {}", finished.label(), finished.state());
  }

  private interface Work {
    Version run() throws IOException;
  }

  private Version orReopened(Version closed, Work work, BooleanSupplier left) {
    try {
      return work.run();
    } catch (IOException e) {
      reopen(closed, e, left);
      throw UnavailableException.store(closed.label() + " cannot be stored now", e);
    } catch (ConflictException e) {
      if (!e.code().equals(VersionStates.TAKEN)) {
        reopen(closed, e, left);
      }
      throw e;
    } catch (RuntimeException | Error e) {
      reopen(closed, e, left);
      throw e;
    }
  }

  private void reopen(Version closed, Throwable cause, BooleanSupplier left) {
    if (left.getAsBoolean()) {
      return;
    }
    if (cause instanceof QuotaExceededException) {
      log.info("{} exceeds its tenant's stored_bytes: {}", closed.label(), cause.getMessage());
    } else if (cause instanceof UnavailableException) {
      log.warn("{} is opened again: {}", closed.label(), cause.getMessage());
    } else {
      log.error("{} could not be validated; its upload is opened again", closed.label(), cause);
    }
    try {
      states.reopen(closed);
    } catch (RegistryException e) {
      cause.addSuppressed(e);
      reopenLater(closed);
    }
  }

  /** The database is away: opens the upload when it is back, if it is not ready after all. */
  private void reopenLater(Version version) {
    Thread.ofVirtual()
        .name("reopen-" + version.id())
        .start(() -> {
          while (states.isOpen() && !isSettled(version)) {
            LockSupport.parkNanos(REOPEN_PAUSE.toNanos());
          }
        });
  }

  private boolean isSettled(Version version) {
    if (!checking.add(version.id())) {
      return false; // somebody completes it again; how that ends is not known yet
    }
    try {
      if (states.reopenIfClosed(version)) {
        log.info("{} is open again", version.label());
      }
      return true;
    } catch (UnavailableException e) {
      log.debug("{} cannot be opened again yet", version.label(), e);
      return false;
    } catch (RegistryException e) {
      log.info("{} is another replica's, or gone: {}", version.label(), e.getMessage());
      return true;
    } finally {
      checking.remove(version.id());
    }
  }

  private Version check(Actor actor, Version version) throws IOException {
    Path folder = uploads.folder(version.id());
    Path folded = folder.resolveSibling(folder.getFileName() + ".folded");
    Version finished;
    try {
      if (LoraFolder.isLora(folder)) {
        fold(folder, folded);
      }
      Path whole = Files.isDirectory(folded) ? folded : folder;
      try (AdapterFolder adapter = read(whole)) {
        finished = keep(actor, version, whole, adapter);
      }
    } catch (FormatException e) {
      finished = states.reject(actor, version, named(e.violations(), folder));
    } finally {
      uploads.discardFolder(folder);
      uploads.discardFolder(folded);
    }
    uploads.sweep();
    log.info("{} is {}", finished.label(), finished.state());
    return finished;
  }

  /** Makes the adapter that a LoRA is; checked like any other then. */
  private void fold(Path lora, Path folded) throws IOException {
    readings.acquireUninterruptibly();
    try (LoraFolder folder = LoraFolder.open(lora, base)) {
      long most = uploads.limits().versionBytesMax();
      long bytes = folder.foldedBytes();
      if (bytes > most) {
        throw new FormatException(
            "lora-too-large",
            "adapter_config.json",
            "folded it has %,d bytes of experts, a version may have %,d".formatted(bytes, most));
      }
      folder.fold(folded);
    } finally {
      readings.release();
    }
  }

  private AdapterFolder read(Path folder) {
    readings.acquireUninterruptibly();
    try {
      return AdapterFolder.open(folder, base);
    } finally {
      readings.release();
    }
  }

  private Version keep(Actor actor, Version version, Path folder, AdapterFolder adapter)
      throws IOException {
    AdapterManifest manifest = adapter.manifest();
    try (ExpertStore.Writing writing = store.begin()) {
      Map<Digest, Long> bytes = new HashMap<>();
      for (TunedExpert expert : manifest.experts()) {
        if (!bytes.containsKey(expert.digest())) {
          bytes.put(expert.digest(), writing.put(expert.digest(), adapter.weights(expert)));
        }
      }
      writing.put(manifest);
      List<VersionDocument> documents = Documents.keep(folder, writing);
      StoredVersion stored =
          new StoredVersion(manifest.digest(), bytes, documents, adapter.golden().size());
      states.stored(version, stored);
      return prove(actor, version, manifest, stored, adapter.golden());
    }
  }

  /** The same from what is in the store alone. */
  private Version prove(Actor actor, Version version, StoredVersion stored) throws IOException {
    List<Digest> needed = new ArrayList<>(stored.blobs().keySet());
    needed.add(stored.adapter());
    stored.documents().forEach(file -> needed.add(file.sha256()));
    try (ExpertStore.Hold _ = store.hold(needed)) {
      AdapterManifest manifest = store.manifest(stored.adapter());
      for (Digest blob : stored.blobs().keySet()) {
        if (!store.contains(blob)) {
          throw new NoSuchFileException(blob.hex());
        }
      }
      return prove(actor, version, manifest, stored, golden(stored));
    }
  }

  private List<GoldenCase> golden(StoredVersion stored) throws IOException {
    if (stored.golden() == 0) {
      return List.of();
    }
    Digest file =
        stored.documents().stream()
            .filter(document -> document.path().equals(GoldenFile.NAME))
            .map(VersionDocument::sha256)
            .findFirst()
            .orElseThrow(() -> new NoSuchFileException(GoldenFile.NAME));
    try (Arena arena = Arena.ofConfined()) {
      byte[] json = store.document(file, arena).toArray(ValueLayout.JAVA_BYTE);
      return GoldenFile.parse(json, base.shape().vocabulary());
    }
  }

  private Version prove(
      Actor actor,
      Version version,
      AdapterManifest manifest,
      StoredVersion stored,
      List<GoldenCase> golden) {
    List<Violation> mismatches =
        golden.isEmpty() ? List.of() : proof.check(version, manifest.digest(), golden);
    return mismatches.isEmpty()
        ? states.ready(actor, version, manifest, stored)
        : states.reject(actor, version, mismatches);
  }

  /** A report speaks of the files as the client called them, not of where they lie here. */
  private static List<Violation> named(List<Violation> violations, Path folder) {
    String prefix = folder + "/";
    String self = folder.toString();
    return violations.stream()
        .map(v ->
            new Violation(
                v.code(),
                v.where().replace(prefix, "").replace(self, "."),
                v.message().replace(prefix, "").replace(self, ".")))
        .toList();
  }

  /**
   * Opens all uploads again whose validation was cut short by the end of an earlier process on this
   * data folder, their files as they were; whoever completes them gets the whole check again. To be
   * called at each start, before requests come.
   *
   * @return how many
   */
  public int recover() {
    int reopened = states.reopenCut();
    if (reopened > 0) {
      log.info("{} uploads whose validation was interrupted are open again", reopened);
    }
    return reopened;
  }

  /** Drops the bytes of uploads that were given up, e.g. of a version archived while uploading. */
  public void discardAbandoned() {
    uploads.sweep();
  }
}
