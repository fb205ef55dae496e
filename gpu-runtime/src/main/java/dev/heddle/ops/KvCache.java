package dev.heddle.ops;

/**
 * A handle to the paged cache of attention: for each layer, {@code blocks} blocks of {@code
 * blockTokens} tokens, each token {@code latent + rope} floats. A token's place is its KV slot,
 * {@code block * blockTokens + offset}, the same in every layer.
 */
public interface KvCache {
  int layers();

  int blocks();

  int blockTokens();
}
