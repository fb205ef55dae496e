package dev.heddle.ops;

/**
 * A handle to the paged cache of attention: for each layer and group, {@code blocks} blocks of
 * {@code blockTokens} rows. A token's place is its KV slot, {@code block * blockTokens + offset},
 * the same in all of them.
 */
public interface KvCache {
  CacheShape shape();

  int blocks();

  int blockTokens();
}
