package dev.heddle.registry.imports;

import dev.heddle.format.Violation;
import dev.heddle.format.adapter.AdapterFileNames;
import dev.heddle.registry.Actor;
import dev.heddle.registry.ConflictException;
import dev.heddle.registry.InvalidException;
import dev.heddle.registry.RegistryException;
import dev.heddle.registry.UnavailableException;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.adapter.VersionState;
import dev.heddle.registry.adapter.Versions;
import dev.heddle.registry.upload.AdapterIngest;
import dev.heddle.registry.upload.FileSink;
import dev.heddle.registry.upload.UploadArea;
import dev.heddle.registry.upload.UploadedFile;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fetches the files of one import that are not there yet, and completes its version. */
final class ImportWork {
  private static final Logger log = LoggerFactory.getLogger(ImportWork.class);
  private static final int BUFFER_BYTES = 1 << 20;

  /** After so many bytes of a file it is asked whether they are wanted still. */
  private static final long LOOK_BYTES = 256L << 20;

  private final ImportRows rows;
  private final Versions versions;
  private final UploadArea uploads;
  private final AdapterIngest ingest;
  private final Map<String, ImportSource> sources;

  ImportWork(
      ImportRows rows,
      Versions versions,
      UploadArea uploads,
      AdapterIngest ingest,
      Map<String, ImportSource> sources) {
    this.rows = rows;
    this.versions = versions;
    this.uploads = uploads;
    this.ingest = ingest;
    this.sources = sources;
  }

  /**
   * Goes on with an import to its end.
   *
   * @param progress told of the bytes that have come of the file at hand
   * @throws UnavailableException if trying again later may help
   * @throws RuntimeException if the version could not be completed now
   * @throws IOException if the source could not be read now
   * @throws InterruptedException if it is to stop; it can go on later
   */
  void run(VersionImport running, LongConsumer progress) throws IOException, InterruptedException {
    Version version = versions.get(running.versionId());
    try {
      if (version.state() == VersionState.UPLOADING) {
        fetch(running, version, progress);
        Actor actor = new Actor(running.actor());
        log.info("{} is {}", version.label(), ingest.complete(actor, version).state());
      }
      rows.end(running, null);
    } catch (UnavailableException e) {
      throw e;
    } catch (ConflictException e) {
      rows.end(running, e.getMessage()); // archived meanwhile, or completed by somebody else
    } catch (RegistryException e) { // its own fault: not there, too large, over the quota
      rows.end(running, message(e));
    }
  }

  private void fetch(VersionImport running, Version version, LongConsumer progress)
      throws IOException, InterruptedException {
    URI uri = URI.create(running.source());
    ImportSource source = sources.get(uri.getScheme());
    if (source == null) {
      throw new InvalidException("bad-source", "source", "nothing is imported from such a source");
    }
    SourceFolder folder = source.open(uri, running.revision());
    uploads.giveUpOfGone(version); // what they had fetched is fetched again
    List<String> skipped = new ArrayList<>(folder.others());
    List<SourceFolder.File> files = new ArrayList<>();
    List<Violation> misnamed = new ArrayList<>();
    for (SourceFolder.File file : folder.files()) {
      if (AdapterFileNames.isPart(file.name())) {
        files.add(file);
      } else if (AdapterFileNames.isMisnamed(file.name())) {
        misnamed.add(AdapterFileNames.unknown(file.name()));
      } else {
        skipped.add(file.name());
      }
    }
    InvalidException.throwIfAny(misnamed);
    long bytes = files.stream().mapToLong(SourceFolder.File::bytes).sum();
    rows.listed(running, files.size(), bytes, skipped);
    Map<String, Long> there =
        uploads.files(version.id()).stream()
            .collect(Collectors.toMap(UploadedFile::path, UploadedFile::bytes));
    for (SourceFolder.File file : files) {
      Long came = there.get(file.name());
      if (came == null || came != file.bytes()) {
        requireOwn(running, version);
        copy(folder, file, running, version, progress);
      }
    }
  }

  private void copy(
      SourceFolder folder,
      SourceFolder.File file,
      VersionImport running,
      Version version,
      LongConsumer progress)
      throws IOException, InterruptedException {
    try (FileSink sink = uploads.open(version, file.name(), file.bytes());
        InputStream in = folder.open(file)) {
      byte[] buffer = new byte[BUFFER_BYTES];
      long copied = 0;
      long looked = 0;
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        sink.write(ByteBuffer.wrap(buffer, 0, count));
        copied += count;
        progress.accept(copied);
        if (copied - looked >= LOOK_BYTES) {
          looked = copied;
          requireUploading(version);
          requireOwn(running, version);
        }
      }
      sink.commit(null);
    }
    progress.accept(0);
  }

  /** Ends the fetching of a file for a version that was archived. */
  private void requireUploading(Version version) {
    VersionState now = versions.get(version.id()).state();
    if (now != VersionState.UPLOADING) {
      throw new ConflictException("version-state", version.label() + " is " + now);
    }
  }

  /** Ends the fetching of what another replica fetches, which took this one for gone. */
  private void requireOwn(VersionImport running, Version version) {
    if (!rows.isOwn(running)) {
      throw new ConflictException(
          "import-taken",
          "the import of " + version.label() + " has ended or is another replica's");
    }
  }

  private static String message(RegistryException e) {
    return e instanceof InvalidException invalid
        ? invalid.violations().stream()
            .map(v -> v.where() + ": " + v.message())
            .collect(Collectors.joining("; "))
        : String.valueOf(e.getMessage());
  }

  /** The version to be seen as failed for good. */
  void giveUp(VersionImport running, Throwable cause) {
    rows.end(running, "it could not be finished: " + cause.getMessage());
  }
}
