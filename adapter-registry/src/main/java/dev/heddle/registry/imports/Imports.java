package dev.heddle.registry.imports;

import dev.heddle.format.CodePoints;
import dev.heddle.registry.Actor;
import dev.heddle.registry.ConflictException;
import dev.heddle.registry.InvalidException;
import dev.heddle.registry.RegistryException;
import dev.heddle.registry.access.BaseModel;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.adapter.Versions;
import dev.heddle.registry.db.RegistryDatabase;
import dev.heddle.registry.replica.Start;
import dev.heddle.registry.upload.AdapterIngest;
import dev.heddle.registry.upload.UploadArea;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Versions whose files Heddle fetches itself, some at a time, the others waiting. What an import
 * has fetched and what is left is in the database: after a crash it goes on with the files that are
 * missing. Archiving the version ends it. Safe for any thread.
 */
public final class Imports implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Imports.class);
  private static final int SOURCE_CHARS_MAX = 2000;

  /** How often an import is tried while the source, the engine or a disk is away. */
  private static final int ATTEMPTS = 5;

  private final UploadArea uploads;
  private final ImportRows rows;
  private final Versions versions;
  private final ImportWork work;
  private final Map<String, ImportSource> sources;
  private final Duration pause;
  private final ExecutorService executor;

  /** Bytes of the file at hand, by version. */
  private final Map<UUID, Long> progress = new ConcurrentHashMap<>();

  /**
   * @param sources one for each scheme
   * @param atOnce how many imports fetch at a time, 1 or more
   * @param pause before an import is tried again; longer with each attempt
   * @param self whose imports these are
   */
  public Imports(
      RegistryDatabase db,
      UploadArea uploads,
      AdapterIngest ingest,
      List<ImportSource> sources,
      int atOnce,
      Duration pause,
      Start self) {
    this.uploads = uploads;
    this.rows = new ImportRows(db, self);
    this.versions = new Versions(db);
    this.sources =
        sources.stream().collect(Collectors.toMap(ImportSource::scheme, Function.identity()));
    this.work = new ImportWork(rows, versions, uploads, ingest, this.sources);
    this.pause = pause;
    this.executor =
        Executors.newFixedThreadPool(
            atOnce, Thread.ofPlatform().name("heddle-import-", 0).daemon().factory());
  }

  /**
   * Goes on with what earlier processes on this data folder left. To be called once, when requests
   * may come.
   */
  public void resume() {
    List<VersionImport> left = rows.takeEarlier();
    left.forEach(this::submit);
    if (!left.isEmpty()) {
      log.info("{} imports resumed", left.size());
    }
  }

  /** Goes on with what processes left that are gone; files that lie with them are fetched again. */
  public void takeOverOfGone() {
    List<VersionImport> left = rows.takeOfGone();
    left.forEach(this::submit);
    if (!left.isEmpty()) {
      log.info("{} imports taken over from replicas that are gone", left.size());
    }
  }

  /**
   * Begins a version, and the adapter with its first, and to fetch its files.
   *
   * @param source {@code file:///PATH} or {@code s3://BUCKET/PREFIX}
   * @param revision which state of the source, where it has several; null for its usual one
   * @return the version, uploading
   * @throws InvalidException if nothing can be imported from there; no version was begun
   * @throws ConflictException as {@link Versions#create}
   */
  public Version begin(
      Actor actor,
      UUID tenant,
      String adapter,
      BaseModel base,
      String source,
      @Nullable String revision) {
    URI uri = uri(source);
    source(uri).check(uri, revision);
    Version version = versions.create(actor, tenant, adapter, base);
    rows.insert(version, source, revision, actor.name());
    submit(rows.find(tenant, version.id()).orElseThrow());
    return version;
  }

  /**
   * Goes on with an import that has failed, for the files that are missing.
   *
   * @throws ConflictException {@code import-not-failed} if the version is not open, or has no
   *     import, or one that runs
   * @throws dev.heddle.registry.ElsewhereException if its files lie at another replica
   */
  public void retry(Actor actor, Version version) {
    uploads.requireHere(version);
    if (!rows.restart(actor, version)) {
      throw new ConflictException(
          "import-not-failed", version.label() + " has no import that failed and can go on");
    }
    submit(rows.find(version.tenantId(), version.id()).orElseThrow());
  }

  /** Where a version's files come from, if they do not come from a client. */
  public Optional<VersionImport> find(Version version) {
    return rows.find(version.tenantId(), version.id());
  }

  /** Bytes that have come of the file that is being fetched for a version; any thread. */
  public long bytesOfFileAtHand(UUID version) {
    return progress.getOrDefault(version, 0L);
  }

  private static URI uri(String source) {
    try {
      if (CodePoints.count(source) <= SOURCE_CHARS_MAX) {
        return new URI(source);
      }
    } catch (URISyntaxException e) {
      throw new InvalidException("bad-source", "source", "is not a URI: " + e.getReason());
    }
    throw new InvalidException(
        "bad-source", "source", "is longer than " + SOURCE_CHARS_MAX + " characters");
  }

  private ImportSource source(URI uri) {
    ImportSource source = uri.getScheme() == null ? null : sources.get(uri.getScheme());
    if (source == null) {
      Set<String> known = new TreeSet<>(sources.keySet());
      throw new InvalidException(
          "bad-source", "source", "expected a URI of the scheme " + String.join(" or ", known));
    }
    return source;
  }

  private void submit(VersionImport running) {
    executor.execute(() -> run(running));
  }

  private void run(VersionImport running) {
    try {
      for (int attempt = 1; !ended(running, attempt); attempt++) {
        TimeUnit.NANOSECONDS.sleep(pause.toNanos() * attempt);
      }
    } catch (InterruptedException e) {
      log.info("the import of {} stops and resumes at the next start", running.source());
    } catch (RuntimeException e) {
      log.error("the import of {} stops and resumes at the next start", running.source(), e);
    } finally {
      progress.remove(running.versionId());
    }
  }

  private boolean ended(VersionImport running, int attempt) throws InterruptedException {
    try {
      work.run(running, bytes -> progress.put(running.versionId(), bytes));
      return true;
    } catch (IOException | RuntimeException e) {
      log.warn("the import of {} failed at attempt {}", running.source(), attempt, e);
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (attempt < ATTEMPTS) {
        return false;
      }
      try {
        work.giveUp(running, e);
      } catch (RegistryException again) { // the database is away too: the next start goes on
        e.addSuppressed(again);
        log.error("the import of {} stops and resumes at the next start", running.source(), e);
      }
      return true;
    }
  }

  /** Stops what runs; it goes on after the next start. */
  @Override
  public void close() {
    executor.shutdownNow();
    try {
      if (!executor.awaitTermination(5, TimeUnit.SECONDS)) {
        log.warn("An import did not stop in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
