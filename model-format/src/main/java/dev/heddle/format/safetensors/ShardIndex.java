package dev.heddle.format.safetensors;

import dev.heddle.format.FolderContents;
import dev.heddle.format.FormatException;
import dev.heddle.format.Json;
import dev.heddle.format.Violations;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The {@code weight_map} of {@code model.safetensors.index.json}.
 *
 * @param shards tensor to the name of its file
 */
record ShardIndex(NavigableMap<String, String> shards) {
  private static final String FILE = "model.safetensors.index.json";

  /** Reads a folder's index; null where it has none or one that cannot be read. */
  static @Nullable ShardIndex read(FolderContents folder, Violations violations) {
    if (!folder.has(FILE)) {
      return null;
    }
    try {
      JsonNode map = Json.read(folder.path(FILE), Json.LISTING_BYTES).get("weight_map");
      if (map == null || !map.isObject()) {
        violations.add("bad-index", FILE, "expected an object with an object \"weight_map\"");
        return null;
      }
      NavigableMap<String, String> shards = new TreeMap<>();
      for (Map.Entry<String, JsonNode> entry : map.properties()) {
        JsonNode shard = entry.getValue();
        if (shard.isString() && FolderContents.isPlainName(shard.stringValue())) {
          shards.put(entry.getKey(), shard.stringValue());
        } else {
          violations.add(
              "bad-index",
              FILE + ": " + entry.getKey(),
              "expected the name of a file in this folder, found " + shard);
        }
      }
      return new ShardIndex(shards);
    } catch (FormatException e) {
      violations.addAll(e);
      return null;
    }
  }

  /**
   * Notes where index and files disagree.
   *
   * @param present names of the folder's safetensors files
   * @param opened those that could be opened
   */
  void compare(NavigableSet<String> present, List<SafetensorsFile> opened, Violations violations) {
    NavigableSet<String> listed = new TreeSet<>(shards.values());
    for (String shard : listed) {
      if (!present.contains(shard)) {
        violations.add("missing-shard", shard, "the index lists it, the folder does not have it");
      }
    }
    Set<String> readable = new HashSet<>();
    for (SafetensorsFile file : opened) {
      readable.add(file.name());
      if (!listed.contains(file.name())) {
        violations.add("unlisted-shard", file.name(), "the index lists no tensor of this file");
        continue;
      }
      for (String tensor : file.tensors().keySet()) {
        if (!file.name().equals(shards.get(tensor))) {
          violations.add(
              "unlisted-tensor", tensor, "it is in " + file.name() + ", the index does not say so");
        }
      }
    }
    compareTensors(opened, readable, violations);
  }

  private void compareTensors(
      List<SafetensorsFile> opened, Set<String> readable, Violations violations) {
    Set<String> stored = new HashSet<>();
    for (SafetensorsFile file : opened) {
      file.tensors().keySet().forEach(tensor -> stored.add(file.name() + "/" + tensor));
    }
    shards.forEach((tensor, shard) -> {
      if (readable.contains(shard) && !stored.contains(shard + "/" + tensor)) {
        violations.add(
            "missing-tensor", tensor, "the index lists it in " + shard + ", which lacks it");
      }
    });
  }
}
