package dev.heddle.registry.store;

import dev.heddle.format.Digest;
import dev.heddle.format.Digests;
import dev.heddle.format.ExpertWeights;
import dev.heddle.format.adapter.AdapterManifest;
import dev.heddle.registry.Ids;
import dev.heddle.registry.UnavailableException;
import dev.heddle.registry.disk.DurableFiles;
import dev.heddle.registry.disk.FolderIdentity;
import dev.heddle.registry.disk.FolderLock;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * An expert store in a folder that this process owns: {@code experts/ab/DIGEST} and {@code
 * manifests/ab/DIGEST}. Files are written beside, synced, and renamed into place.
 */
public final class LocalExpertStore implements ExpertStore {
  private static final Pattern BLOB = Pattern.compile("[0-9a-f]{64}");

  private final FolderLock lock;
  private final Path experts;
  private final Path manifests;
  private final Path partial;
  private final Holds holds = new Holds();
  private final Object collecting = new Object();

  /**
   * Opens the store, making it where it is missing, and clears what a crash left half-written.
   *
   * @param installation whose experts these are, see {@link FolderIdentity}
   * @throws IllegalStateException if another process or another installation has the folder
   */
  public LocalExpertStore(Path root, UUID installation) {
    this.lock = FolderLock.take(root);
    this.experts = root.resolve("experts");
    this.manifests = root.resolve("manifests");
    this.partial = root.resolve("partial");
    try {
      FolderIdentity.claim(root, installation);
      DurableFiles.deleteTree(partial);
      for (Path folder : List.of(experts, manifests, partial)) {
        Files.createDirectories(folder);
      }
    } catch (IOException e) {
      lock.close();
      throw new UnavailableException("the expert store " + root + " cannot be opened", e);
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  @Override
  public Writing begin() {
    return new LocalWriting();
  }

  @Override
  public ExpertWeights open(Digest expert, Arena arena) throws IOException {
    return ExpertBlob.map(file(experts, expert), arena);
  }

  @Override
  public AdapterManifest manifest(Digest adapter) throws IOException {
    return ManifestText.read(Files.readAllLines(file(manifests, adapter)), adapter);
  }

  @Override
  public boolean contains(Digest digest) {
    return Files.exists(file(experts, digest)) || Files.exists(file(manifests, digest));
  }

  @Override
  public void verify(Digest expert) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      Digest actual = Digests.expert(open(expert, arena));
      if (!actual.equals(expert)) {
        throw new IOException("the blob of the expert " + expert + " contains " + actual);
      }
    }
  }

  @Override
  public int collect(Supplier<Set<Digest>> live) throws IOException {
    synchronized (collecting) {
      holds.beginCollection();
      try {
        Set<Digest> keep = live.get();
        return collect(experts, keep) + collect(manifests, keep);
      } finally {
        holds.endCollection();
      }
    }
  }

  private int collect(Path folder, Set<Digest> keep) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder)) {
      files = all.filter(file -> BLOB.matcher(file.getFileName().toString()).matches()).toList();
    }
    int removed = 0;
    for (Path file : files) {
      Digest digest = new Digest(file.getFileName().toString());
      if (!keep.contains(digest)
          && holds.removeUnlessHeld(digest, () -> Files.deleteIfExists(file))) {
        removed++;
      }
    }
    return removed;
  }

  @Override
  public void close() {
    lock.close();
  }

  private static Path file(Path folder, Digest digest) {
    return folder.resolve(digest.hex().substring(0, 2)).resolve(digest.hex());
  }

  /** Writes the content of a new file. */
  private interface Content {
    void write(FileChannel channel) throws IOException;
  }

  private final class LocalWriting implements Writing {
    private final List<Digest> held = new ArrayList<>();

    @Override
    public long put(Digest digest, ExpertWeights weights) throws IOException {
      keep(
          digest,
          file(experts, digest),
          ExpertBlob.fileBytes(weights),
          channel -> ExpertBlob.write(channel, weights));
      return ExpertBlob.weightBytes(weights);
    }

    @Override
    public void put(AdapterManifest manifest) throws IOException {
      ByteBuffer text =
          ByteBuffer.wrap(ManifestText.write(manifest).getBytes(StandardCharsets.US_ASCII));
      keep(
          manifest.digest(),
          file(manifests, manifest.digest()),
          text.remaining(),
          channel -> {
            while (text.hasRemaining()) {
              channel.write(text);
            }
          });
    }

    private void keep(Digest digest, Path file, long bytes, Content content) throws IOException {
      held.add(digest);
      holds.hold(digest);
      if (Files.exists(file) && Files.size(file) == bytes) {
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
        DurableFiles.rename(beside, file);
      } finally {
        Files.deleteIfExists(beside);
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
