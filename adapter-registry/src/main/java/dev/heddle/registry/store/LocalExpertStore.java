package dev.heddle.registry.store;

import dev.heddle.format.Digest;
import dev.heddle.format.ExpertWeights;
import dev.heddle.format.adapter.AdapterManifest;
import dev.heddle.registry.Ids;
import dev.heddle.registry.disk.DurableFiles;
import dev.heddle.registry.disk.FolderIdentity;
import dev.heddle.registry.disk.FolderLock;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * An expert store in a folder that this process owns: {@code experts/ab/DIGEST}, {@code
 * manifests/ab/DIGEST}, {@code documents/ab/SHA256}. Files are written beside, synced, and renamed
 * into place. What is damaged is set aside in {@code quarantine}.
 */
public final class LocalExpertStore implements ExpertStore {
  private final FolderLock lock;
  private final Path root;
  private final Path partial;
  private final Quarantine quarantine;
  private final DamageListener listener;
  private final Holds holds = new Holds();
  private final Object collecting = new Object();

  /** Held while a name gets another file. */
  private final Object renaming = new Object();

  /**
   * Opens the store, making it where it is missing, and clears what a crash left half-written.
   *
   * @param installation whose experts these are, see {@link FolderIdentity}
   * @param listener is told of damaged blobs
   * @throws IllegalStateException if another process or another installation has the folder
   */
  public LocalExpertStore(Path root, UUID installation, DamageListener listener) {
    this.root = root;
    this.listener = listener;
    this.quarantine = new Quarantine(root, Integer.MAX_VALUE);
    this.partial = root.resolve("partial");
    this.lock = FolderLock.take(root, () -> prepare(installation));
  }

  private void prepare(UUID installation) throws IOException {
    FolderIdentity.claim(root, installation);
    DurableFiles.makeEmpty(partial);
    for (BlobKind kind : BlobKind.values()) {
      Files.createDirectories(root.resolve(kind.folder()));
    }
  }

  @Override
  public Writing begin() {
    return new LocalWriting();
  }

  @Override
  public Hold hold(Collection<Digest> digests) {
    return holds.holdAll(digests);
  }

  @Override
  public ExpertWeights open(Digest expert, Arena arena) throws IOException {
    return read(BlobReading.expert(expert, arena));
  }

  @Override
  public AdapterManifest manifest(Digest adapter) throws IOException {
    return read(BlobReading.manifest(adapter));
  }

  @Override
  public MemorySegment document(Digest sha256, Arena arena) throws IOException {
    return read(BlobReading.document(sha256, arena));
  }

  private <T> T read(BlobReading<T> reading) throws IOException {
    Path file = root.resolve(reading.path());
    try {
      return reading.open(file);
    } catch (DamagedBlobException e) {
      return readAgain(reading, file);
    }
  }

  /** Sets a damaged file aside, unless a whole one has taken its place meanwhile. */
  private <T> T readAgain(BlobReading<T> reading, Path file) throws IOException {
    Path aside;
    DamagedBlobException damaged;
    synchronized (renaming) {
      try {
        return reading.open(file);
      } catch (DamagedBlobException e) {
        damaged = e;
        aside = quarantine.setAside(file, reading.digest());
      }
    }
    listener.found(
        new DamageListener.Damage(reading.kind(), reading.digest(), aside.toString(), false));
    throw damaged;
  }

  @Override
  public boolean contains(Digest digest) {
    return Files.exists(file(BlobKind.EXPERT, digest))
        || Files.exists(file(BlobKind.MANIFEST, digest));
  }

  @Override
  public long verify(BlobKind kind, Digest digest) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      return read(BlobReading.whole(kind, digest, arena)).byteSize();
    }
  }

  @Override
  public Collected collect(Liveness live) throws IOException {
    synchronized (collecting) {
      holds.beginCollection();
      try {
        Sweep sweep = new Sweep(holds, live);
        for (BlobKind kind : BlobKind.values()) {
          for (Path folder : list(root.resolve(kind.folder()))) {
            collect(folder, sweep);
          }
        }
        return sweep.finish();
      } finally {
        holds.endCollection();
      }
    }
  }

  private static void collect(Path folder, Sweep sweep) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    for (Path file : list(folder)) {
      Digest digest = BlobKind.digest(file.getFileName().toString());
      if (digest != null) {
        sweep.add(digest, Files.size(file), () -> Files.deleteIfExists(file));
      }
    }
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.toList();
    }
  }

  @Override
  public void close() {
    lock.close();
  }

  private Path file(BlobKind kind, Digest digest) {
    return root.resolve(kind.path(digest));
  }

  /** Writes the content of a new file. */
  private interface Content {
    void write(FileChannel channel) throws IOException;
  }

  private final class LocalWriting implements Writing {
    private final List<Digest> held = new ArrayList<>();

    @Override
    public long put(Digest digest, ExpertWeights weights) throws IOException {
      keep(BlobKind.EXPERT, digest, channel -> ExpertBlob.write(channel, weights));
      return ExpertBlob.weightBytes(weights);
    }

    @Override
    public void put(AdapterManifest manifest) throws IOException {
      byte[] text = ManifestText.write(manifest).getBytes(StandardCharsets.US_ASCII);
      keep(BlobKind.MANIFEST, manifest.digest(), c -> write(c, ByteBuffer.wrap(text)));
    }

    @Override
    public void put(Digest sha256, MemorySegment document) throws IOException {
      keep(BlobKind.DOCUMENT, sha256, channel -> write(channel, document.asByteBuffer()));
    }

    private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }

    private void keep(BlobKind kind, Digest digest, Content content) throws IOException {
      held.add(digest);
      holds.hold(digest);
      Path file = file(kind, digest);
      if (isThere(kind, digest)) {
        return;
      }
      createFolderOf(file);
      Path beside = partial.resolve(Ids.next().toString());
      try {
        try (FileChannel channel =
            FileChannel.open(beside, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
          content.write(channel);
          channel.force(true);
        }
        synchronized (renaming) {
          DurableFiles.rename(beside, file);
        }
      } finally {
        Files.deleteIfExists(beside);
      }
    }

    private boolean isThere(BlobKind kind, Digest digest) throws IOException {
      try {
        verify(kind, digest);
        return true;
      } catch (NoSuchFileException | DamagedBlobException e) {
        return false;
      }
    }

    private void createFolderOf(Path file) throws IOException {
      Path folder = file.resolveSibling("");
      if (!Files.isDirectory(folder)) {
        Files.createDirectories(folder);
        DurableFiles.syncFolder(folder.resolveSibling(""));
      }
    }

    @Override
    public void close() {
      held.forEach(holds::release);
      held.clear();
    }
  }
}
