package dev.heddle.ops;

/**
 * What a KV cache keeps of a token: in each layer, for each group of heads, a row [value | key].
 *
 * @param layers number of layers
 * @param groups rows of a token and layer
 * @param value floats of a row that heads sum up
 * @param key floats after them
 */
public record CacheShape(int layers, int groups, int value, int key) {
  /** Floats of a row. */
  public int width() {
    return value + key;
  }
}
