package dev.heddle.registry.store;

import dev.heddle.format.Digest;
import dev.heddle.registry.disk.DurableFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The blobs of a folder that is laid out as {@link LocalExpertStore} has it. */
final class LocalBlobFiles implements BlobFiles {
  private final Path root;

  LocalBlobFiles(Path root) {
    this.root = root;
  }

  @Override
  public @Nullable String installation() throws IOException {
    Path file = root.resolve("installation");
    return Files.exists(file) ? Files.readString(file).strip() : null;
  }

  @Override
  public void list(Visitor visitor) throws IOException {
    for (BlobKind kind : BlobKind.values()) {
      Path folder = root.resolve(kind.folder());
      if (Files.isDirectory(folder)) {
        list(kind, folder, visitor);
      }
    }
  }

  private static void list(BlobKind kind, Path folder, Visitor visitor) throws IOException {
    try (Stream<Path> files = Files.walk(folder, 2)) {
      for (Iterator<Path> each = files.iterator(); each.hasNext(); ) {
        Path file = each.next();
        Digest digest = BlobKind.digest(file.getFileName().toString());
        if (digest != null) {
          visitor.visit(new Blob(kind, digest, Files.size(file)));
        }
      }
    }
  }

  @Override
  public void read(BlobKind kind, Digest digest, Path target) throws IOException {
    try (InputStream bytes = Files.newInputStream(root.resolve(kind.path(digest)))) {
      BlobCopy.to(target, kind, digest, bytes);
    }
  }

  @Override
  public void write(BlobKind kind, Digest digest, Path source) throws IOException {
    Path file = root.resolve(kind.path(digest));
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    Files.createDirectories(file.resolveSibling(""));
    Files.copy(source, beside, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel channel = FileChannel.open(beside, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    DurableFiles.rename(beside, file);
  }

  @Override
  public void close() {
    // nothing is open between calls
  }
}
