package dev.heddle.registry.upload;

import dev.heddle.format.Digest;
import dev.heddle.format.Digests;
import dev.heddle.format.adapter.AdapterFileNames;
import dev.heddle.registry.adapter.VersionDocument;
import dev.heddle.registry.store.ExpertStore;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files beside an adapter's weights that are kept, so that a download is the folder that was
 * uploaded: all that an ESFT folder may have but the index of its weights, which a download makes
 * anew, and but what is larger than {@value #BYTES_MAX} bytes.
 */
final class Documents {
  static final long BYTES_MAX = 32L << 20;

  private Documents() {}

  /** Puts a folder's documents into the store. */
  static List<VersionDocument> keep(Path folder, ExpertStore.Writing writing) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.sorted().toList();
    }
    List<VersionDocument> documents = new ArrayList<>();
    for (Path file : files) {
      String name = file.getFileName().toString();
      if (AdapterFileNames.isDocument(name) && Files.size(file) <= BYTES_MAX) {
        documents.add(keep(name, file, writing));
      }
    }
    return documents;
  }

  private static VersionDocument keep(String name, Path file, ExpertStore.Writing writing)
      throws IOException {
    try (FileChannel channel = FileChannel.open(file);
        Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      Digest sha256 = Digests.bytes(bytes);
      writing.put(sha256, bytes);
      return new VersionDocument(name, bytes.byteSize(), sha256);
    }
  }
}
