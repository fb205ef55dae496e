package dev.heddle.registry.store;

import dev.heddle.format.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The blobs of a bucket that is laid out as {@link S3ExpertStore} has it. */
final class BucketBlobFiles implements BlobFiles {
  private static final int INSTALLATION_BYTES_MAX = 100;

  private final S3Bucket bucket;

  BucketBlobFiles(S3Settings settings) {
    this.bucket = new S3Bucket(settings);
  }

  @Override
  public @Nullable String installation() throws IOException {
    try (InputStream stream = bucket.get("installation")) {
      return new String(stream.readNBytes(INSTALLATION_BYTES_MAX), StandardCharsets.US_ASCII)
          .strip();
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  @Override
  public void list(Visitor visitor) throws IOException {
    for (BlobKind kind : BlobKind.values()) {
      bucket.list(
          kind.folder(),
          found -> {
            Digest digest = BlobKind.digest(found.path());
            if (digest != null) {
              visitor.visit(new Blob(kind, digest, found.bytes()));
            }
          });
    }
  }

  @Override
  public void read(BlobKind kind, Digest digest, Path target) throws IOException {
    try (InputStream bytes = bucket.get(kind.path(digest))) {
      BlobCopy.to(target, kind, digest, bytes);
    }
  }

  @Override
  public void write(BlobKind kind, Digest digest, Path source) throws IOException {
    try (Arena arena = Arena.ofConfined();
        FileChannel channel = FileChannel.open(source)) {
      bucket.put(
          kind.path(digest),
          List.of(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena)));
    }
  }

  @Override
  public void close() {
    bucket.close();
  }
}
