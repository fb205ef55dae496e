package dev.heddle.registry.store;

import dev.heddle.format.Digest;
import dev.heddle.format.adapter.AdapterManifest;
import dev.heddle.format.adapter.TunedExpert;
import java.util.ArrayList;
import java.util.List;

/**
 * A manifest as text: {@code heddle-adapter 1 BYTES}, {@code base DIGEST}, then a line {@code LAYER
 * COLUMN DIGEST} for each expert.
 */
final class ManifestText {
  private static final String FORMAT = "heddle-adapter 1 ";
  private static final String BASE = "base ";

  private ManifestText() {}

  static String write(AdapterManifest manifest) {
    StringBuilder text = new StringBuilder();
    text.append(FORMAT).append(manifest.bytes()).append('\n');
    text.append(BASE).append(manifest.base()).append('\n');
    for (TunedExpert expert : manifest.experts()) {
      text.append(expert.layer()).append(' ').append(expert.column()).append(' ');
      text.append(expert.digest()).append('\n');
    }
    return text.toString();
  }

  /** Reads a manifest and computes its digest again. */
  static AdapterManifest read(String text, Digest expected) throws DamagedBlobException {
    try {
      List<String> lines = text.lines().toList();
      long bytes = Long.parseLong(after(lines.get(0), FORMAT));
      Digest base = new Digest(after(lines.get(1), BASE));
      List<TunedExpert> experts = new ArrayList<>();
      for (String line : lines.subList(2, lines.size())) {
        String[] parts = line.split(" ", 3);
        experts.add(
            new TunedExpert(
                Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), new Digest(parts[2])));
      }
      AdapterManifest manifest = AdapterManifest.of(base, experts, bytes);
      if (manifest.digest().equals(expected) && write(manifest).equals(text)) {
        return manifest;
      }
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new DamagedBlobException("it is no manifest", e);
    }
    throw new DamagedBlobException("the manifest says something else");
  }

  private static String after(String line, String start) {
    if (!line.startsWith(start)) {
      throw new IllegalArgumentException(line);
    }
    return line.substring(start.length());
  }
}
