package dev.heddle.registry.download;

import dev.heddle.format.Digest;
import dev.heddle.format.ExpertWeights;
import dev.heddle.format.adapter.AdapterManifest;
import dev.heddle.format.adapter.ExpertConfig;
import dev.heddle.format.adapter.TunedExpert;
import dev.heddle.format.adapter.WeightsFile;
import dev.heddle.format.model.ModelFolder;
import dev.heddle.registry.NotFoundException;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.adapter.VersionDocument;
import dev.heddle.registry.store.ExpertStore;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * A version's folder, file by file or as a tar, written as it is read: {@code expert_cfg.json} and
 * the other small files as they were uploaded, weights as {@code model.safetensors} or numbered
 * parts of it with an index. For one thread; closing gives its blobs back to the collection.
 */
public final class AdapterDownload implements AutoCloseable {
  /** Larger adapters come in several files, as on Hugging Face. */
  private static final long FILE_BYTES_MAX = 4L << 30;

  private static final int BLOCK = 512;
  private static final int COPY_BYTES = 1 << 16;

  private record Place(int layer, int column) {}

  private interface Content {
    void write(OutputStream out) throws IOException;
  }

  private record Part(String path, long bytes, Content content) {}

  private final Version version;
  private final ExpertStore store;
  private final ModelFolder base;
  private final ExpertStore.Hold hold;
  private final Map<Place, Digest> stored = new HashMap<>();
  private final List<Part> parts = new ArrayList<>();

  AdapterDownload(
      Version version,
      AdapterManifest manifest,
      ExpertConfig config,
      List<VersionDocument> documents,
      ExpertStore store,
      ModelFolder base,
      ExpertStore.Hold hold) {
    this.version = version;
    this.store = store;
    this.base = base;
    this.hold = hold;
    for (TunedExpert expert : manifest.experts()) {
      stored.put(new Place(expert.layer(), expert.column()), expert.digest());
    }
    if (documents.stream().noneMatch(d -> d.path().equals(ExpertConfig.FILE))) {
      add(ExpertConfig.FILE, config.json());
    }
    for (VersionDocument document : documents) {
      parts.add(new Part(document.path(), document.bytes(), out -> write(document, out)));
    }
    List<WeightsFile> weights = WeightsFile.of(config, base.shape(), FILE_BYTES_MAX);
    for (WeightsFile file : weights) {
      parts.add(new Part(file.name(), file.bytes(), out -> file.write(out, this::expert)));
    }
    if (weights.size() > 1) {
      add(WeightsFile.INDEX, WeightsFile.index(weights));
    }
  }

  private void add(String path, byte[] bytes) {
    parts.add(new Part(path, bytes.length, out -> out.write(bytes)));
  }

  /** What the folder is called: {@code NAME-NUMBER}. */
  public String name() {
    return version.adapter() + "-" + version.number();
  }

  /** Names of the files. */
  public List<String> paths() {
    return parts.stream().map(Part::path).toList();
  }

  /** Bytes of the tar. */
  public long archiveBytes() {
    long end = 2L * BLOCK;
    return end
        + parts.stream().mapToLong(part -> BLOCK + Math.ceilDiv(part.bytes(), BLOCK) * BLOCK).sum();
  }

  /** Writes the folder as a tar, exactly {@link #archiveBytes()}; does not close the stream. */
  public void writeArchive(OutputStream out) throws IOException {
    TarArchiveOutputStream tar = new TarArchiveOutputStream(out, BLOCK, "UTF-8");
    for (Part part : parts) {
      TarArchiveEntry entry = new TarArchiveEntry(name() + "/" + part.path());
      entry.setSize(part.bytes());
      entry.setLastModifiedTime(FileTime.from(version.createdAt()));
      tar.putArchiveEntry(entry);
      part.content().write(tar);
      tar.closeArchiveEntry();
    }
    tar.finish();
  }

  /**
   * Bytes of one file.
   *
   * @throws NotFoundException {@code file-not-found}
   */
  public long bytes(String path) {
    return part(path).bytes();
  }

  /** Writes one file, exactly {@link #bytes}; does not close the stream. */
  public void write(String path, OutputStream out) throws IOException {
    part(path).content().write(out);
  }

  private Part part(String path) {
    return parts.stream()
        .filter(part -> part.path().equals(path))
        .findFirst()
        .orElseThrow(() -> new NotFoundException("file", path));
  }

  private ExpertWeights expert(int layer, int column, Arena arena) throws IOException {
    Digest digest = stored.get(new Place(layer, column));
    return digest == null ? base.expert(layer, column) : store.open(digest, arena);
  }

  private void write(VersionDocument document, OutputStream out) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = store.document(document.sha256(), arena);
      for (long at = 0; at < bytes.byteSize(); at += COPY_BYTES) {
        long count = Math.min(COPY_BYTES, bytes.byteSize() - at);
        out.write(bytes.asSlice(at, count).toArray(ValueLayout.JAVA_BYTE));
      }
    }
  }

  @Override
  public void close() {
    hold.close();
  }
}
