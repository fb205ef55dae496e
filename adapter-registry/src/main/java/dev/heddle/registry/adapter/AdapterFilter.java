package dev.heddle.registry.adapter;

import java.util.Map;

/**
 * Which adapters a list shows.
 *
 * @param prefix what names begin with, empty for all
 * @param labels what they must carry, all of it
 */
public record AdapterFilter(String prefix, Map<String, String> labels) {
  public static final AdapterFilter ALL = new AdapterFilter("", Map.of());

  public AdapterFilter {
    labels = Map.copyOf(labels);
  }
}
