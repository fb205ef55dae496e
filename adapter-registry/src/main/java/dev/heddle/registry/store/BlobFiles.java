package dev.heddle.registry.store;

import dev.heddle.format.Digest;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A store's blobs as the files that they are, for copies and comparisons. Takes the store from
 * nobody: a platform may run on it meanwhile. For one thread.
 */
public interface BlobFiles extends AutoCloseable {
  /** How much larger the file of an expert is than its elements. */
  int EXPERT_HEADER_BYTES = ExpertBlob.HEADER_BYTES;

  /**
   * One blob.
   *
   * @param bytes of the file
   */
  record Blob(BlobKind kind, Digest digest, long bytes) {}

  /** Takes what is listed, one by one. */
  interface Visitor {
    void visit(Blob blob) throws IOException;
  }

  /** The blobs of a folder; made by the first blob that is written to it. */
  static BlobFiles in(Path folder) {
    return new LocalBlobFiles(folder);
  }

  /** The blobs of a bucket. */
  static BlobFiles in(S3Settings bucket) {
    return new BucketBlobFiles(bucket);
  }

  /** Which database the blobs belong to, as the store says; null if it says nothing. */
  @Nullable String installation() throws IOException;

  /** All blobs, in no order. */
  void list(Visitor visitor) throws IOException;

  /**
   * Copies a blob to a file, and checks the copy against the digest.
   *
   * @throws java.nio.file.NoSuchFileException if there is none
   * @throws DamagedBlobException if it is not what its digest says; no file is left then
   */
  void read(BlobKind kind, Digest digest, Path target) throws IOException;

  /** Keeps a whole file as a blob; one that is there is replaced. */
  void write(BlobKind kind, Digest digest, Path source) throws IOException;

  @Override
  void close();
}
