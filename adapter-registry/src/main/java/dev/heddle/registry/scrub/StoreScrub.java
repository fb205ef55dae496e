package dev.heddle.registry.scrub;

import dev.heddle.format.Digest;
import dev.heddle.registry.db.RegistryDatabase;
import dev.heddle.registry.disk.ReadPace;
import dev.heddle.registry.store.BlobKind;
import dev.heddle.registry.store.DamagedBlobException;
import dev.heddle.registry.store.ExpertStore;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads every blob that a ready version needs and checks it: when asked, and slowly as a task of
 * the leader. Safe for any thread.
 */
public final class StoreScrub {
  private static final Logger log = LoggerFactory.getLogger(StoreScrub.class);
  private static final int PAGE = 500;
  private static final int BLOBS_NAMED = 100;
  private static final int VERSIONS_NAMED = 16;

  /**
   * A blob that a ready version needs and that cannot be read.
   *
   * @param problem {@code damaged}, {@code missing} or {@code unreadable}
   * @param versions {@code TENANT/NAME@NUMBER}; the first 16 by name
   */
  public record BadBlob(BlobKind kind, Digest digest, String problem, List<String> versions) {}

  /**
   * What a pass over all blobs found.
   *
   * @param checked blobs that were read, or should have been there
   * @param bytes that were read
   * @param damaged how many cannot be read
   * @param blobs the first 100 of those
   */
  public record Result(long checked, long bytes, long damaged, List<BadBlob> blobs) {}

  private final BlobUses uses;
  private final ExpertStore store;
  private final AtomicLong checked = new AtomicLong();
  private final AtomicLong checkedBytes = new AtomicLong();
  private volatile long unreadable;

  public StoreScrub(RegistryDatabase db, ExpertStore store) {
    this.uses = new BlobUses(db);
    this.store = store;
  }

  /**
   * Checks everything at a pace, and waits for the end of it.
   *
   * @param bytesPerSecond most that are read in a second, 1 or more
   * @throws dev.heddle.registry.UnavailableException if the database does not answer
   */
  public Result check(long bytesPerSecond) throws InterruptedException {
    return pass(bytesPerSecond);
  }

  /**
   * Checks everything as fast as it can be read, and waits for the end of it.
   *
   * @throws dev.heddle.registry.UnavailableException if the store or the database does not answer
   */
  public synchronized Result verify() {
    try {
      return pass(Long.MAX_VALUE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while checking the expert store", e);
    }
  }

  private Result pass(long bytesPerSecond) throws InterruptedException {
    long count = 0;
    long bytes = 0;
    long bad = 0;
    List<BadBlob> named = new ArrayList<>();
    for (BlobKind kind : BlobKind.values()) {
      List<Digest> page = uses.needed(kind, null, PAGE);
      while (!page.isEmpty()) {
        for (Digest digest : page) {
          long read = 0;
          String problem = null;
          try {
            read = store.verify(kind, digest);
          } catch (IOException e) {
            problem = problem(e);
          }
          BadBlob blob = problem == null ? null : bad(kind, digest, problem);
          count++;
          bytes += read;
          checked.incrementAndGet();
          checkedBytes.addAndGet(read);
          if (blob != null) {
            bad++;
            if (named.size() < BLOBS_NAMED) {
              named.add(blob);
            }
          }
          ReadPace.keep(read, bytesPerSecond);
        }
        page = uses.needed(kind, page.getLast(), PAGE);
      }
    }
    unreadable = bad;
    if (bad > 0) {
      log.error(
          "{} of {} blobs that versions need cannot be read, among them {}", bad, count, named);
    }
    return new Result(count, bytes, bad, named);
  }

  private static String problem(IOException failure) {
    return switch (failure) {
      case DamagedBlobException _ -> "damaged";
      case NoSuchFileException _ -> "missing";
      default -> "unreadable";
    };
  }

  /** Null if no version needs the blob any more, which has been collected meanwhile then. */
  private @Nullable BadBlob bad(BlobKind kind, Digest digest, String problem) {
    List<String> versions = uses.versions(kind, digest, VERSIONS_NAMED);
    return versions.isEmpty() ? null : new BadBlob(kind, digest, problem, versions);
  }

  /** Blobs checked since the start. */
  public long checked() {
    return checked.get();
  }

  /** Bytes read for it. */
  public long checkedBytes() {
    return checkedBytes.get();
  }

  /** Blobs that versions need and that the last whole pass could not read. */
  public long unreadable() {
    return unreadable;
  }
}
