package dev.heddle.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.adapter.AdapterManifest;
import dev.heddle.format.adapter.TunedExpert;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DigestsTest {
  private static Digest sha(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return Digest.of(Digests.sha256().digest(all.toByteArray()));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] random(int seed, int bytes) {
    byte[] data = new byte[bytes];
    new Random(seed).nextBytes(data);
    return data;
  }

  @Test
  void sha256_is_the_one_of_fips_180() {
    assertThat(Digests.bytes(MemorySegment.ofArray(ascii("abc"))).hex())
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }

  @Test
  void an_expert_is_named_by_type_shapes_and_bytes() {
    byte[] gate = random(1, 2 * 3 * 50_000);
    byte[] up = random(2, 2 * 3 * 50_000);
    byte[] down = random(3, 2 * 3 * 50_000);
    ExpertWeights expert =
        new ExpertWeights(
            MatrixData.dense(DType.BF16, 3, 50_000, MemorySegment.ofArray(gate)),
            MatrixData.dense(DType.BF16, 3, 50_000, MemorySegment.ofArray(up)),
            MatrixData.dense(DType.BF16, 50_000, 3, MemorySegment.ofArray(down)));
    assertThat(Digests.expert(expert))
        .isEqualTo(sha(ascii("expert BF16 3x50000 3x50000 50000x3\n"), gate, up, down));
  }

  @Test
  void a_slice_of_a_shared_mlp_has_the_name_of_the_expert_it_is() {
    byte[] wide = random(4, 2 * 4 * 6);
    MatrixData shared = MatrixData.dense(DType.F16, 4, 6, MemorySegment.ofArray(wide));
    byte[] columns = new byte[2 * 4 * 2];
    for (int row = 0; row < 4; row++) {
      System.arraycopy(wide, 2 * (row * 6 + 3), columns, 2 * row * 2, 4);
    }
    byte[] rows = Arrays.copyOfRange(wide, 2 * 6, 2 * 3 * 6);
    MatrixData slice = shared.columnSlice(3, 5);
    MatrixData rowSlice = shared.rowSlice(1, 3);
    assertThat(Digests.expert(new ExpertWeights(rowSlice, rowSlice, slice)))
        .isEqualTo(sha(ascii("expert F16 2x6 2x6 4x2\n"), rows, rows, columns));
  }

  @Test
  void an_adapter_is_named_by_its_base_and_its_sorted_experts() {
    Digest base = sha(ascii("base"));
    Digest one = sha(ascii("one"));
    Digest two = sha(ascii("two"));
    AdapterManifest manifest =
        AdapterManifest.of(
            base,
            List.of(
                new TunedExpert(10, 1, one),
                new TunedExpert(2, 11, two),
                new TunedExpert(2, 3, one)),
            7);
    String text = "adapter %s\n2 3 %s\n2 11 %s\n10 1 %s\n".formatted(base, one, two, one);
    assertThat(manifest.digest()).isEqualTo(sha(ascii(text)));
    assertThat(manifest.experts()).extracting(TunedExpert::column).containsExactly(3, 11, 1);
  }
}
