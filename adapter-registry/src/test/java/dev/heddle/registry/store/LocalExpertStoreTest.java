package dev.heddle.registry.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.format.DType;
import dev.heddle.format.Digest;
import dev.heddle.format.Digests;
import dev.heddle.format.ExpertWeights;
import dev.heddle.format.MatrixData;
import dev.heddle.format.adapter.AdapterManifest;
import dev.heddle.format.adapter.TunedExpert;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalExpertStoreTest extends ExpertStoreContract {
  private static final ExpertWeights WEIGHTS = weights();
  private static final UUID INSTALLATION = new UUID(0, 1);

  @TempDir private Path folder;

  @Override
  protected ExpertStore openStore() {
    return new LocalExpertStore(folder.resolve("store"), INSTALLATION, found::add);
  }

  @Override
  protected void damage(String path, UnaryOperator<byte @Nullable []> change) throws IOException {
    Path file = folder.resolve("store").resolve(path);
    byte[] changed = change.apply(Files.readAllBytes(file));
    if (changed == null) {
      Files.delete(file);
    } else {
      Files.write(file, changed);
    }
  }

  @Override
  protected List<String> quarantine() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("store").resolve("quarantine"))) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  @Test
  void damaged_files_are_found_out() throws Exception {
    Digest expert = Digests.expert(WEIGHTS);
    AdapterManifest manifest =
        AdapterManifest.of(expert, List.of(new TunedExpert(1, 2, expert)), 12);
    try (LocalExpertStore store =
        new LocalExpertStore(folder.resolve("damaged"), INSTALLATION, DamageListener.NONE)) {
      try (ExpertStore.Writing writing = store.begin()) {
        writing.put(expert, WEIGHTS);
        writing.put(manifest);
      }
      Path blob = file(expert);
      byte[] whole = Files.readAllBytes(blob);
      for (int at = 0; at < whole.length; at++) {
        byte[] damaged = whole.clone();
        damaged[at] ^= 1;
        Files.write(blob, damaged);
        boolean padding = at >= 20 && at < ExpertBlob.HEADER_BYTES;
        if (!padding) {
          assertThatThrownBy(() -> store.verify(BlobKind.EXPERT, expert))
              .isInstanceOf(IOException.class);
        }
      }
      for (int length = 0; length < whole.length; length++) {
        Files.write(blob, java.util.Arrays.copyOf(whole, length));
        assertThatThrownBy(() -> store.open(expert, Arena.ofAuto()))
            .isInstanceOf(IOException.class);
      }
      Path text = file(manifest.digest());
      for (String other : List.of("heddle-adapter 1 12\nbase " + expert + "\n", "")) {
        Files.writeString(text, other);
        assertThatThrownBy(() -> store.manifest(manifest.digest()))
            .isInstanceOf(DamagedBlobException.class);
      }
    }
  }

  @Test
  void half_written_files_are_cleared_and_the_folder_has_one_owner() throws Exception {
    Path root = folder.resolve("crashed");
    Path half = Files.createDirectories(root.resolve("partial")).resolve("half");
    Files.writeString(half, "half");
    try (LocalExpertStore store = new LocalExpertStore(root, INSTALLATION, DamageListener.NONE)) {
      assertThat(half).doesNotExist();
      assertThatThrownBy(() -> new LocalExpertStore(root, INSTALLATION, DamageListener.NONE))
          .isInstanceOf(IllegalStateException.class);
      assertThat(store.contains(Digests.expert(WEIGHTS))).isFalse();
    }
  }

  @Test
  void a_folder_of_another_installation_is_refused_and_left_as_it_is() throws Exception {
    Path root = folder.resolve("foreign");
    Digest expert = Digests.expert(WEIGHTS);
    try (LocalExpertStore store = new LocalExpertStore(root, INSTALLATION, DamageListener.NONE);
        ExpertStore.Writing writing = store.begin()) {
      writing.put(expert, WEIGHTS);
    }
    Path half = Files.writeString(root.resolve("partial").resolve("half"), "half");
    UUID other = new UUID(0, 2);
    assertThatThrownBy(() -> new LocalExpertStore(root, other, DamageListener.NONE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(INSTALLATION.toString())
        .hasMessageContaining(other.toString())
        .hasMessageContaining("remove its file 'installation'");
    assertThat(half).exists();
    try (LocalExpertStore store = new LocalExpertStore(root, INSTALLATION, DamageListener.NONE)) {
      store.verify(BlobKind.EXPERT, expert); // refusing took nothing and holds nothing
    }
  }

  @Test
  void a_folder_that_says_nothing_is_adopted_with_what_it_has() throws Exception {
    Path root = folder.resolve("old");
    Digest expert = Digests.expert(WEIGHTS);
    try (LocalExpertStore store = new LocalExpertStore(root, INSTALLATION, DamageListener.NONE);
        ExpertStore.Writing writing = store.begin()) {
      writing.put(expert, WEIGHTS);
    }
    Files.delete(root.resolve("installation"));
    try (LocalExpertStore store = new LocalExpertStore(root, new UUID(0, 2), DamageListener.NONE)) {
      store.verify(BlobKind.EXPERT, expert);
    }
    assertThatThrownBy(() -> new LocalExpertStore(root, INSTALLATION, DamageListener.NONE))
        .isInstanceOf(IllegalStateException.class);
  }

  private Path file(Digest digest) throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("damaged"))) {
      return files.filter(f -> f.endsWith(digest.hex())).findFirst().orElseThrow();
    }
  }

  private static ExpertWeights weights() {
    MatrixData matrix =
        MatrixData.dense(DType.BF16, 1, 2, MemorySegment.ofArray(new byte[] {1, 2, 3, 4}));
    return new ExpertWeights(matrix, matrix, MatrixData.dense(DType.BF16, 2, 1, matrix.data()));
  }
}
