package dev.heddle.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.format.Digest;
import org.junit.jupiter.api.Test;

/** Two blocks and so two buckets: half of all keys meet in one, and only comparison tells. */
class PrefixCacheTest {
  private static final PrefixCache.Root ROOT = new PrefixCache.Root("tenant", null);
  private static final int[] TOKENS = {1, 2, 3, 4};

  private final KvBlockPool pool = new KvBlockPool(2, 2);
  private final PrefixCache cache = new PrefixCache(pool);

  @Test
  void a_block_is_found_by_its_tokens_after_its_parent_from_its_root_only() {
    int first = pool.take();
    int second = pool.take();
    long parent = cache.insert(ROOT, PrefixCache.NO_ENTRY, TOKENS, 0, first);
    cache.insert(ROOT, parent, TOKENS, 2, second);
    assertThat(cache.find(ROOT, PrefixCache.NO_ENTRY, TOKENS, 0)).isEqualTo(first);
    assertThat(cache.find(ROOT, parent, TOKENS, 2)).isEqualTo(second);
    for (int i = 0; i < 100; i++) {
      Digest adapter = new Digest("%064x".formatted(i));
      assertThat(cache.find(ROOT, parent + 1 + i, TOKENS, 2)).as("another parent").isNegative();
      assertThat(cache.find(new PrefixCache.Root("tenant" + i, null), 0, TOKENS, 0)).isNegative();
      assertThat(cache.find(new PrefixCache.Root("tenant", adapter), 0, TOKENS, 0)).isNegative();
      assertThat(cache.find(ROOT, 0, new int[] {1, 5 + i}, 0)).as("other tokens").isNegative();
    }
  }

  @Test
  void equal_contents_are_kept_once() {
    int first = pool.take();
    long entry = cache.insert(ROOT, PrefixCache.NO_ENTRY, TOKENS, 0, first);
    assertThat(cache.insert(ROOT, PrefixCache.NO_ENTRY, TOKENS, 0, pool.take())).isEqualTo(entry);
    assertThat(cache.find(ROOT, PrefixCache.NO_ENTRY, TOKENS, 0)).isEqualTo(first);
  }

  @Test
  void a_kept_block_is_free_and_found_until_it_is_overwritten_last_of_all() {
    int kept = pool.take();
    cache.insert(ROOT, PrefixCache.NO_ENTRY, TOKENS, 0, kept);
    pool.release(kept);
    assertThat(pool.free()).isEqualTo(2);
    assertThat(pool.freeKept()).isEqualTo(1);
    assertThat(pool.take()).as("the block without contents goes first").isNotEqualTo(kept);
    assertThat(cache.find(ROOT, PrefixCache.NO_ENTRY, TOKENS, 0)).isEqualTo(kept);
    assertThat(pool.take()).isEqualTo(kept);
    assertThat(cache.find(ROOT, PrefixCache.NO_ENTRY, TOKENS, 0)).isNegative();
    pool.checkIntegrity();
    assertThatThrownBy(pool::take).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void what_is_free_can_neither_be_released_nor_shared() {
    int block = pool.take();
    pool.release(block);
    assertThatThrownBy(() -> pool.release(block)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> pool.share(block)).isInstanceOf(IllegalStateException.class);
  }
}
