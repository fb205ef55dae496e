package dev.heddle.format.adapter;

import dev.heddle.format.Digest;

/**
 * One expert that an adapter replaces.
 *
 * @param layer decoder layer index, counting dense layers too
 * @param column 0..M-1 a routed expert, M..M+S-1 a shared one
 * @param digest what the expert contains
 */
public record TunedExpert(int layer, int column, Digest digest) {}
