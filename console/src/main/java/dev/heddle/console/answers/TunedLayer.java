package dev.heddle.console.answers;

import java.util.List;

/** Columns that are tuned in a layer. */
public record TunedLayer(int layer, List<Integer> columns) {}
