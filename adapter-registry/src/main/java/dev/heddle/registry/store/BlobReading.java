package dev.heddle.registry.store;

import dev.heddle.format.Digest;
import dev.heddle.format.Digests;
import dev.heddle.format.ExpertWeights;
import dev.heddle.format.adapter.AdapterManifest;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How a blob's file is read. Whatever leaves a store, local or cached, is read by {@link #open},
 * which reads every byte and computes the digest again.
 *
 * @param digest of what the file should contain
 */
record BlobReading<T>(BlobKind kind, Digest digest, Content<T> content) {
  /** Makes something of a file, and checks it. */
  interface Content<T> {
    /**
     * @throws DamagedBlobException if the file does not contain what the digest says
     * @throws IOException if it cannot be read
     */
    T of(Path file) throws IOException;
  }

  /** An expert's weights, as views that are valid as long as the arena. */
  static BlobReading<ExpertWeights> expert(Digest digest, Arena arena) {
    return new BlobReading<>(
        BlobKind.EXPERT, digest, file -> ExpertBlob.checked(map(file, arena), digest));
  }

  static BlobReading<AdapterManifest> manifest(Digest digest) {
    return new BlobReading<>(
        BlobKind.MANIFEST,
        digest,
        file -> {
          String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
          return ManifestText.read(text, digest);
        });
  }

  /** A document's bytes, as a view that is valid as long as the arena. */
  static BlobReading<MemorySegment> document(Digest digest, Arena arena) {
    return new BlobReading<>(
        BlobKind.DOCUMENT,
        digest,
        file -> {
          MemorySegment bytes = map(file, arena);
          if (!Digests.bytes(bytes).equals(digest)) {
            throw new DamagedBlobException("the document contains something else");
          }
          return bytes;
        });
  }

  /** The whole file as it lies there, as a view that is valid as long as the arena. */
  static BlobReading<MemorySegment> whole(BlobKind kind, Digest digest, Arena arena) {
    BlobReading<?> checked =
        switch (kind) {
          case EXPERT -> expert(digest, arena);
          case MANIFEST -> manifest(digest);
          case DOCUMENT -> document(digest, arena);
        };
    return new BlobReading<>(
        kind,
        digest,
        file -> {
          checked.content().of(file);
          return map(file, arena);
        });
  }

  /** Where the blob lies, relative to a store. */
  String path() {
    return kind.path(digest);
  }

  /**
   * Reads a file and checks it.
   *
   * @throws DamagedBlobException if it does not contain what the digest says, or the disk does not
   *     give its bytes
   * @throws java.nio.file.NoSuchFileException if there is none
   */
  T open(Path file) throws IOException {
    try {
      return content.of(file);
    } catch (InternalError e) { // how a mapped file tells that the disk cannot read it
      throw new DamagedBlobException(file + " cannot be read", e);
    } catch (DamagedBlobException e) {
      throw new DamagedBlobException(file + " is damaged: " + e.getMessage(), e);
    }
  }

  private static MemorySegment map(Path file, Arena arena) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    }
  }
}
