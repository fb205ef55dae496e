package dev.heddle.app.config;

import dev.heddle.format.Digest;
import dev.heddle.format.Digests;
import dev.heddle.format.model.ModelFolder;
import dev.heddle.registry.disk.DurableFiles;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The digests of a base model's tensors, kept from one start to the next, so that the next need not
 * read every byte before it serves. A weights file is taken for that of the last start if its path,
 * size, time of modification (in nanoseconds) and inode are the same. {@link BaseModelProof} proves
 * afterwards what was taken on trust.
 *
 * <p>They are kept as text: a line {@code file SIZE NANOS INODE PATH} for each weights file, below
 * it a line {@code DIGEST TENSOR} for each tensor in it that the model needs, and at the end the
 * SHA-256 of all that. A text that is not so is ignored, and written anew.
 */
final class WeightDigests {
  private static final Logger log = LoggerFactory.getLogger(WeightDigests.class);
  private static final String FILE = "file ";

  private final Path cache;
  private final ModelFolder model;

  /**
   * @param cache the file that they are kept in, which need not be there
   */
  WeightDigests(Path cache, ModelFolder model) {
    this.cache = cache;
    this.model = model;
  }

  /** The digests that are kept of files that have not changed, by tensor. */
  Map<String, Digest> read() throws IOException {
    if (!Files.exists(cache)) {
      return Map.of();
    }
    Map<Path, String> files = files();
    try {
      return parse(Files.readString(cache), files);
    } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
      log.warn(
          "the kept digests in {} are damaged: they are ignored, and written anew ({})",
          cache,
          e.getMessage());
      return Map.of();
    }
  }

  private Map<String, Digest> parse(String text, Map<Path, String> files) {
    int end = text.lastIndexOf('\n') + 1;
    if (!sum(text.substring(0, end)).equals(text.substring(end))) {
      throw new IllegalArgumentException("they do not have the digest that they end with");
    }
    Map<String, Digest> kept = new HashMap<>();
    String file = "";
    for (String line : text.substring(0, end).split("\n", -1)) {
      if (line.startsWith(FILE)) {
        file = line;
      } else if (!line.isEmpty()) {
        Digest digest = new Digest(line.substring(0, 64));
        String tensor = line.substring(65);
        if (model.checkpoint().find(tensor).isPresent()
            && file.equals(files.get(model.fileOf(tensor)))) {
          kept.put(tensor, digest);
        }
      }
    }
    return kept;
  }

  /**
   * Keeps digests, those of files that have changed meanwhile left out. After a crash the cache is
   * what it was or what it becomes, never something else.
   *
   * @param before what {@link #files} was before the digests were computed
   * @param digests by tensor
   */
  void write(Map<Path, String> before, Map<String, Digest> digests) throws IOException {
    Map<Path, StringBuilder> parts = new TreeMap<>();
    files()
        .forEach((file, line) -> {
          if (line.equals(before.get(file))) {
            parts.put(file, new StringBuilder(line).append('\n'));
          }
        });
    digests.forEach((tensor, digest) -> {
      StringBuilder part = parts.get(model.fileOf(tensor));
      if (part != null) {
        part.append(digest).append(' ').append(tensor).append('\n');
      }
    });
    String text = String.join("", parts.values());
    DurableFiles.writeSecret(cache, text + sum(text));
  }

  /** Has the next start read every byte. */
  void forget() throws IOException {
    Files.deleteIfExists(cache);
  }

  /** The weights files as they are now: the line that says so, for each. */
  Map<Path, String> files() throws IOException {
    Map<Path, String> files = new HashMap<>();
    for (Path file : model.weightFiles()) {
      Path path = file.toRealPath();
      long nanos = Files.getLastModifiedTime(path).to(TimeUnit.NANOSECONDS);
      Object inode = Files.getAttribute(path, "unix:ino");
      files.put(file, FILE + Files.size(path) + " " + nanos + " " + inode + " " + path);
    }
    return files;
  }

  private static String sum(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return Digests.bytes(MemorySegment.ofArray(bytes)).hex();
  }
}
