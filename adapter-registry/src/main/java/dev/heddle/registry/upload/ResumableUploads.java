package dev.heddle.registry.upload;

import dev.heddle.format.Digest;
import dev.heddle.registry.ConflictException;
import dev.heddle.registry.Ids;
import dev.heddle.registry.InvalidException;
import dev.heddle.registry.NotFoundException;
import dev.heddle.registry.QuotaExceededException;
import dev.heddle.registry.UnavailableException;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.adapter.VersionState;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Files that are uploaded in several requests; client and server may restart between them.
 * Acknowledged bytes are on disk. A client that was cut off asks for the offset and continues
 * there. Safe for any thread; an upload has one writer at a time.
 */
public final class ResumableUploads {
  /** Code of the conflict with another writer; trying again soon may work. */
  public static final String BUSY = "upload-busy";

  private final UploadArea area;
  private final Duration keep;
  private final Set<UUID> busy = ConcurrentHashMap.newKeySet();
  // Only to spare the reading of a file again: a new process begins without.
  private final Map<UUID, PartialFile.Mark> marks = new ConcurrentHashMap<>();

  /**
   * @param keep how long an upload waits for more
   */
  public ResumableUploads(UploadArea area, Duration keep) {
    this.area = area;
    this.keep = keep;
  }

  /** Most bytes that any upload may have. */
  public long lengthMax() {
    return area.limits().weightFileBytesMax();
  }

  /**
   * Announces a file; room for all of it is taken. An empty one is whole at once.
   *
   * @param sha256 what it has to be, null if the client does not say
   * @param metadata to be given back, of any kind
   * @throws InvalidException with everything wrong with the name, or that there is too much
   * @throws QuotaExceededException if the tenant has no room for it
   * @throws ConflictException {@code version-state} if the version is not uploading
   */
  public Upload create(
      Version version, String path, long length, @Nullable Digest sha256, String metadata) {
    UploadRows.Row row =
        new UploadRows.Row(
            Ids.next(), path, UploadRows.State.RESUMABLE, length, 0, sha256, metadata, expiry());
    area.add(version, row);
    return length == 0 ? get(version, row.id()) : Upload.of(row);
  }

  /**
   * How far an upload has come. One that has all its bytes, but could not be made the version's
   * when the last came, is made it now.
   *
   * @throws NotFoundException {@code upload-not-found}, also once it has expired
   */
  public Upload get(Version version, UUID id) {
    UploadRows.Row row = find(version, id);
    boolean unfinished = row.state() == UploadRows.State.RESUMABLE && row.received() == row.bytes();
    if (!unfinished || version.state() != VersionState.UPLOADING) {
      return Upload.of(row);
    }
    try (UploadPart part = append(version, id, row.received())) {
      return part.finish();
    } catch (NotFoundException | ConflictException e) {
      // A transaction whose end nobody heard of may have made it the version's just now.
      UploadRows.Row now = find(version, id);
      if (now.state() == UploadRows.State.WHOLE) {
        return Upload.of(now);
      }
      throw e;
    }
  }

  /** A version's uploads that have not all their bytes yet, oldest first. */
  public List<Upload> unfinished(Version version) {
    return area.rows().resumable(version.id()).stream()
        .filter(row -> !isExpired(row))
        .map(Upload::of)
        .toList();
  }

  /**
   * Goes on with an upload.
   *
   * @param offset where the client believes it to be
   * @throws NotFoundException {@code upload-not-found}
   * @throws ConflictException {@code upload-offset} if it is elsewhere, {@link #BUSY} if somebody
   *     else writes, {@code version-state} if the version is not uploading
   * @throws dev.heddle.registry.ElsewhereException if the bytes so far lie at another replica
   * @throws UnavailableException if the bytes so far cannot be read
   */
  public UploadPart append(Version version, UUID id, long offset) {
    if (!busy.add(id)) {
      throw new ConflictException(BUSY, "another request writes to this upload");
    }
    try {
      UploadRows.Row row = find(version, id);
      if (row.received() != offset) {
        throw new ConflictException("upload-offset", "the upload is at " + row.received());
      }
      if (row.state() == UploadRows.State.WHOLE) {
        throw new ConflictException("upload-whole", "the upload has all its bytes");
      }
      if (version.state() != VersionState.UPLOADING) {
        throw UploadRows.notUploading(version);
      }
      area.requireHere(version);
      return new UploadPart(this, version, row, PartialFile.open(area.file(id), mark(row)));
    } catch (IOException e) {
      busy.remove(id);
      throw UnavailableException.store("the upload " + id + " cannot be gone on with", e);
    } catch (RuntimeException | Error e) {
      busy.remove(id);
      throw e;
    }
  }

  private PartialFile.Mark mark(UploadRows.Row row) throws IOException {
    PartialFile.Mark known = marks.remove(row.id());
    return known != null && known.at() == row.received()
        ? known
        : PartialFile.read(area.file(row.id()), row.received());
  }

  /**
   * Gives an upload up, and its room back.
   *
   * @throws NotFoundException {@code upload-not-found}
   * @throws ConflictException {@code upload-whole} if it is the version's file already
   */
  public void terminate(Version version, UUID id) {
    if (find(version, id).state() == UploadRows.State.WHOLE) {
      throw new ConflictException("upload-whole", "the upload is the version's file already");
    }
    area.remove(id);
    marks.remove(id);
  }

  /**
   * Gives up what has expired, wherever its bytes lie; their owner's {@link #sweep} removes them.
   *
   * @return how many
   */
  public int expire() {
    return area.rows().removeExpired();
  }

  /** Removes the bytes of uploads that are over and lie here. */
  public void sweep() {
    area.sweep();
    marks.keySet().retainAll(area.rows().all());
  }

  UploadArea area() {
    return area;
  }

  Instant expiry() {
    return Instant.now().plus(keep);
  }

  /** Ends a writer's turn. */
  void release(UUID id, PartialFile.@Nullable Mark mark) {
    if (mark != null) {
      marks.put(id, mark);
    }
    busy.remove(id);
  }

  private UploadRows.Row find(Version version, UUID id) {
    return area.rows()
        .find(version.id(), id)
        .filter(row -> row.state() != UploadRows.State.PLAIN && !isExpired(row))
        .orElseThrow(() -> new NotFoundException("upload", id.toString()));
  }

  private static boolean isExpired(UploadRows.Row row) {
    return row.state() == UploadRows.State.RESUMABLE
        && row.expiresAt() != null
        && row.expiresAt().isBefore(Instant.now());
  }
}
