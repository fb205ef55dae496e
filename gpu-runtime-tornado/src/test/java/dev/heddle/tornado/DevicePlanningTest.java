package dev.heddle.tornado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.ops.RouteRule;
import dev.heddle.ops.WeightFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** How buffers, slots, work-groups and transfers are planned; no device is needed. */
class DevicePlanningTest {
  private static final long GIB = 1L << 30;

  @Test
  void every_slot_has_its_own_place_in_the_fewest_slabs() {
    long seed = 2;
    Random random = new Random(seed);
    for (int round = 0; round < 1000; round++) {
      int slotWords = 1 + random.nextInt(50);
      int maxWords = slotWords + random.nextInt(500);
      int slots = 1 + random.nextInt(300);
      SlotDirectory directory = SlotDirectory.of(slots, slotWords, maxWords, 7);
      boolean[][] taken = new boolean[directory.slabs()][maxWords];
      for (int slot = 0; slot < slots; slot++) {
        int slab = directory.buffer(slot) - 7;
        assertThat(slot - directory.firstSlot(slab)).isBetween(0, directory.slotsOf(slab) - 1);
        for (int word = 0; word < slotWords; word++) {
          int at = directory.at(slot) + word;
          assertThat(at).isLessThan(directory.words(slab));
          assertThat(taken[slab][at]).as("seed %d", seed).isFalse();
          taken[slab][at] = true;
        }
      }
      assertThat(directory.slabs()).isEqualTo(Math.ceilDiv(slots, maxWords / slotWords));
    }
  }

  @Test
  void the_pool_of_deepseek_v2_lite_and_20_adapters_fits_buffers_of_any_common_device() {
    ExpertPanels expert = ExpertPanels.of(2048, 1408, true, DeviceClass.GPU.lanes());
    assertThat(4L * expert.words()).isEqualTo(3L * 2048 * 1408 * 2); // nothing is padded
    int slots = 26 * (64 + 2) + 20 * 26 * 6; // each adapter tunes 6 experts a layer
    for (long maxBuffer : new long[] {GIB, 4 * GIB, 8 * GIB, 64 * GIB}) {
      DeviceLimits limits =
          new DeviceLimits("device", 80 * GIB, maxBuffer, Long.MAX_VALUE, DeviceClass.GPU);
      WeightBuffers buffers = new WeightBuffers(limits.slabElements());
      buffers.reserve("embedding", 102400L * 2048 / 2, true);
      SlotDirectory directory = buffers.slots(slots, expert.words(), true);
      long bytes = 0;
      for (WeightBuffers.Buffer buffer : buffers.all()) {
        assertThat(4L * buffer.words()).isBetween(1L, maxBuffer);
        bytes += 4L * buffer.words();
      }
      assertThat(bytes)
          .as("no more than the slots and the table")
          .isEqualTo(slots * 4L * expert.words() + 102400L * 2048 * 2);
      assertThat(directory.slots()).isEqualTo(slots);
    }
  }

  @Test
  void what_no_buffer_holds_is_refused_by_name() {
    WeightBuffers buffers = new WeightBuffers(100);
    assertThatThrownBy(() -> buffers.reserve("lm_head.weight", 101, true))
        .hasMessageContaining("lm_head.weight takes 404 bytes")
        .hasMessageContaining("no more than 400");
    assertThatThrownBy(() -> buffers.slots(3, 101, true)).hasMessageContaining("an expert of 404");
  }

  @Test
  void a_step_of_more_pairs_than_are_routed_at_once_is_refused() {
    Declarations declared =
        new Declarations(new DeviceLimits("device", GIB, GIB, GIB, DeviceClass.GPU));
    DeviceHandles.Pool pool = declared.pool(8, 4, 4, WeightFormat.F32);
    RouteRule rule = new RouteRule(8, 0, 2, 1, 1, false, false, 1f);
    assertThatThrownBy(() -> declared.routing(4097, rule, pool))
        .hasMessageContaining("a step of 4097 tokens with 2 experts each");
  }

  @Test
  void there_is_a_group_for_every_unit_and_at_least_one() {
    assertThat(Grid.elements(0, 1, 100, 64).groups(3)).isEqualTo(5);
    assertThat(Grid.tiles(0, 8, 6, 32).groups(17)).isEqualTo(3 * 6);
    assertThat(Grid.tiles(0, 8, 6, 32).groups(0)).isEqualTo(1);
    assertThat(Grid.single(16).groups(9)).isEqualTo(1);
    // 5 tokens of 4 pairs in tiles of 8: 3 full ones' worth, and each of 2 slots may begin one.
    assertThat(new Grid(0, 4, 8, 2, 10, 1, 32).groups(5)).isEqualTo((3 + 2) * 10);
    // Never more tiles than pairs.
    assertThat(new Grid(0, 4, 8, 1000, 10, 1, 32).groups(1)).isEqualTo(4 * 10);
  }

  @Test
  void an_inbox_keeps_runs_in_order_and_says_how_much_room_is_left() {
    IntArray words = new IntArray(SmallWrites.WORDS);
    SmallWrites inbox = new SmallWrites(words);
    int room = inbox.room();
    inbox.begin(false, 40, 2);
    inbox.put(7);
    inbox.put(8);
    inbox.begin(true, 3, 1);
    inbox.put(Float.floatToRawIntBits(1.5f));
    assertThat(inbox.runs()).isEqualTo(2);
    assertThat(inbox.room()).isEqualTo(room - 3);
    assertThat(words.get(0)).isEqualTo(2);
    assertThat(words.get(words.get(4) + 1)).isEqualTo(8);
    assertThat(words.get(5)).isEqualTo(1);
    inbox.clear();
    assertThat(inbox.isEmpty()).isTrue();
    assertThat(inbox.room()).isEqualTo(room);
    for (int run = 0; run < SmallWrites.RUNS; run++) {
      inbox.begin(false, run, 0);
    }
    assertThat(inbox.room()).isZero();
  }
}
