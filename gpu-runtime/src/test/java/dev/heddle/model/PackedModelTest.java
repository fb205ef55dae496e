package dev.heddle.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.model.ModelFolder;
import dev.heddle.format.model.ModelShape;
import dev.heddle.ops.Ops;
import dev.heddle.ops.PackedWeights;
import dev.heddle.ops.Precision;
import dev.heddle.ops.memory.NativeMemory;
import dev.heddle.ops.packed.PackedStore;
import dev.heddle.ops.vector.VectorOps;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A model whose packed weights come from a file is the model that was packed, to the bit. */
class PackedModelTest {
  private static final String CASE = "lite-yarn";
  private static final String IDENTITY = "a model";

  /** Of layout 1: bits of a vector, what weights are kept as, CRC-32C of all names and bytes. */
  private static final List<String> LAYOUTS =
      List.of(
          "128 STORED e6e5d8ac",
          "128 INT8 583525a1",
          "256 STORED 31418002",
          "256 INT8 a72e8723",
          "512 STORED 52073c18",
          "512 INT8 b37cca9f");

  @TempDir Path folder;

  /** What one load gave: the logits of a prompt, and which ranges came from the file. */
  @SuppressWarnings("ArrayRecordComponent") // compared by assertions that look into it
  private record Loaded(int[][] bits, Map<String, Boolean> filled, Map<String, Integer> crcs) {
    boolean isFromFile() {
      return !filled.containsValue(false);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "lite-yarn, STORED",
    "lite-yarn, INT8",
    "awkward, STORED",
    "normed-freq2-f16, STORED",
    "plain-tied-f32, STORED",
    "deepseek-v3-fp8, STORED",
    "qwen2-moe, INT8",
    "mixtral, STORED"
  })
  void a_second_load_packs_nothing_and_gives_the_same_bits(String name, Precision precision) {
    Loaded plain = load(name, precision, PackedStore.none(), IDENTITY);
    Loaded first = load(name, precision, store(), IDENTITY);
    awaitFile();
    Loaded second = load(name, precision, store(), IDENTITY);

    assertThat(first.filled()).isNotEmpty().doesNotContainValue(true);
    assertThat(second.filled().keySet()).isEqualTo(first.filled().keySet());
    assertThat(second.isFromFile()).isTrue();
    assertThat(second.crcs()).isEqualTo(first.crcs());
    assertThat(first.bits()).isDeepEqualTo(plain.bits());
    assertThat(second.bits()).isDeepEqualTo(plain.bits());
  }

  @Test
  void a_damaged_bit_anywhere_never_becomes_a_weight() throws IOException {
    int[][] right = load(CASE, Precision.INT8, store(), IDENTITY).bits();
    awaitFile();
    byte[] whole = Files.readAllBytes(file());
    Random random = new Random(20261201);
    for (int round = 0; round < 60; round++) {
      byte[] damaged = whole.clone();
      int at = round < 20 ? damaged.length - 1 - round * 97 : random.nextInt(damaged.length);
      damaged[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(file(), damaged);
      Loaded loaded = loadOnly(CASE, Precision.INT8, store(), IDENTITY);
      assertThat(loaded.bits()).as("byte %d", at).isDeepEqualTo(right);
      if (round < 20) {
        assertThat(loaded.isFromFile()).as("byte %d of the index or the trailer", at).isFalse();
      }
    }
  }

  @Test
  void every_range_is_checked() throws IOException {
    int[][] right = load(CASE, Precision.STORED, store(), IDENTITY).bits();
    awaitFile();
    byte[] whole = Files.readAllBytes(file());
    String index = new String(whole, StandardCharsets.ISO_8859_1);
    Matcher lines = Pattern.compile("(?m)^(\\d+) (\\d+) [0-9a-f,]+ (.+)$").matcher(index);
    int ranges = 0;
    while (lines.find()) {
      long offset = Long.parseLong(lines.group(1));
      long bytes = Long.parseLong(lines.group(2));
      for (long at : new long[] {offset, offset + bytes / 2, offset + bytes - 1}) {
        Files.write(file(), whole);
        flip(at);
        Loaded loaded = loadOnly(CASE, Precision.STORED, store(), IDENTITY);
        assertThat(loaded.filled()).as("byte %d", at).containsEntry(lines.group(3), false);
        assertThat(loaded.bits()).isDeepEqualTo(right);
      }
      ranges++;
    }
    assertThat(ranges).isGreaterThan(20);
  }

  @Test
  void a_file_that_is_cut_short_anywhere_is_not_used() throws IOException {
    int[][] right = load(CASE, Precision.STORED, store(), IDENTITY).bits();
    awaitFile();
    byte[] whole = Files.readAllBytes(file());
    for (int length : new int[] {0, 1, 55, 56, 57, 4096, whole.length / 2, whole.length - 1}) {
      Files.write(file(), Arrays.copyOf(whole, length));
      Loaded loaded = loadOnly(CASE, Precision.STORED, store(), IDENTITY);
      assertThat(loaded.filled()).doesNotContainValue(true);
      assertThat(loaded.bits()).isDeepEqualTo(right);
    }
    Files.write(file(), Arrays.copyOf(whole, whole.length + 1));
    assertThat(loadOnly(CASE, Precision.STORED, store(), IDENTITY).filled())
        .doesNotContainValue(true);
  }

  @Test
  void the_file_of_other_weights_is_replaced() {
    load(CASE, Precision.STORED, store(), "another model");
    awaitFile();
    assertThat(load(CASE, Precision.STORED, store(), IDENTITY).filled()).doesNotContainValue(true);
    awaitFile();
    assertThat(load(CASE, Precision.STORED, store(), IDENTITY).isFromFile()).isTrue();
  }

  @Test
  void files_of_other_models_are_deleted_when_one_takes_their_place() throws IOException {
    Path other = Files.createFile(folder.resolve("other.packed"));
    Path half = Files.createFile(folder.resolve("half.packed.new"));
    Path record = Files.createFile(folder.resolve("other.digests"));
    load(CASE, Precision.STORED, store(), IDENTITY);
    awaitFile();
    await(() -> Files.notExists(other) && Files.notExists(half));
    assertThat(record).exists();
  }

  @Test
  void a_model_whose_files_have_changed_is_not_kept() {
    PackedStore changed = PackedStore.in(folder, "model", () -> false);
    load(CASE, Precision.STORED, changed, IDENTITY);
    await(() -> !isWriting());
    assertThat(file()).doesNotExist();
  }

  @Test
  void a_model_that_was_found_damaged_is_forgotten() {
    load(CASE, Precision.STORED, store(), IDENTITY);
    awaitFile();
    PackedStore store = store();
    assertThat(loadOnly(CASE, Precision.STORED, store, IDENTITY).isFromFile()).isTrue();
    store.forget();
    assertThat(file()).doesNotExist();
    load(CASE, Precision.STORED, store, "anything");
    await(() -> !isWriting());
    assertThat(file()).doesNotExist();
  }

  @Test
  void where_nothing_can_be_written_the_model_is_packed_and_runs() throws IOException {
    Path nowhere = Files.createFile(folder.resolve("a-file"));
    PackedStore store = PackedStore.in(nowhere, "model", () -> true);
    Loaded loaded = load(CASE, Precision.STORED, store, IDENTITY);
    await(() -> !isWriting());
    assertThat(loaded.bits())
        .isDeepEqualTo(load(CASE, Precision.STORED, PackedStore.none(), IDENTITY).bits());
  }

  /**
   * What packing writes has a number, which a file of packed weights is checked for. If this fails,
   * raise {@code PanelPacker.LAYOUT} and put the new values here: {@code -Dheddle.vector.bits}
   * gives each width.
   */
  @ParameterizedTest
  @EnumSource(Precision.class)
  void the_layout_is_the_one_of_its_number(Precision precision) {
    Loaded loaded = load(CASE, precision, store(), IDENTITY);
    CRC32C all = new CRC32C();
    new TreeMap<>(loaded.crcs())
        .forEach((name, crc) -> all.update((name + crc).getBytes(StandardCharsets.UTF_8)));
    String found =
        VectorOps.vectorBits() + " " + precision + " " + Long.toHexString(all.getValue());
    assertThat(found).isIn(LAYOUTS);
  }

  private PackedStore store() {
    return PackedStore.in(folder, "model", () -> true);
  }

  private Path file() {
    return folder.resolve("model.packed");
  }

  /** Loads a model, and has written what the file lacks, before the model goes away. */
  private Loaded load(String name, Precision precision, PackedStore store, String identity) {
    return load(name, precision, store, identity, true);
  }

  private Loaded loadOnly(String name, Precision precision, PackedStore store, String identity) {
    return load(name, precision, store, identity, false);
  }

  private static Loaded load(
      String name, Precision precision, PackedStore store, String identity, boolean keep) {
    Map<String, Boolean> filled = new ConcurrentSkipListMap<>();
    Map<String, long[]> ranges = new ConcurrentSkipListMap<>();
    try (OracleCase oracle = new OracleCase(name);
        ModelFolder model = ModelFolder.open(oracle.model());
        Ops ops = new VectorOps(2)) {
      PackedWeights kept = store.open(identity);
      ops.use((range, address, bytes) -> {
        ranges.put(range, new long[] {address, bytes});
        boolean full = kept.fill(range, address, bytes);
        filled.put(range, full);
        return full;
      });
      MoeModel loaded = MoeModel.load(model, ops, limits(model.shape(), precision), Progress.NONE);
      store.loaded();
      if (keep) {
        store.keep();
        await(() -> !isWriting());
      }
      int[][] bits = ChunkingTest.bits(logits(loaded));
      Map<String, Integer> crcs = new TreeMap<>();
      ranges.forEach((range, at) -> crcs.put(range, crc(at[0], at[1])));
      store.close();
      return new Loaded(bits, filled, crcs);
    }
  }

  private static int crc(long address, long bytes) {
    CRC32C crc = new CRC32C();
    crc.update(NativeMemory.ALL.asSlice(address, bytes).asByteBuffer());
    return (int) crc.getValue();
  }

  private static ModelLimits limits(ModelShape shape, Precision precision) {
    ModelLimits of = OracleModel.limits(shape);
    return new ModelLimits(
        of.batchTokens(),
        of.sequences(),
        of.logitRows(),
        of.kvBlocks(),
        of.blockTokens(),
        of.context(),
        of.slots(),
        of.adapterRows(),
        precision);
  }

  private static float[][] logits(MoeModel model) {
    int[] tokens = new Random(5).ints(50, 0, model.shape().vocabulary()).toArray();
    float[][] rows = new float[tokens.length][];
    new SequenceRunner(model, 0, 16).append(tokens, (at, row) -> rows[at] = row.clone());
    return rows;
  }

  private void flip(long at) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(file().toFile(), "rw")) {
      file.seek(at);
      int value = file.read();
      file.seek(at);
      file.write(value ^ 4);
    }
  }

  private void awaitFile() {
    await(() -> Files.exists(file()));
  }

  private static boolean isWriting() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals("heddle-packed"));
  }

  private static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      LockSupport.parkNanos(5_000_000);
    }
  }
}
