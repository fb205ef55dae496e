package dev.heddle.app.config;

import dev.heddle.format.Digest;
import dev.heddle.format.Digests;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a base model's folder was at the last start: names, sizes and times of its files, and the
 * digest of what they contained. Files whose sizes and times are the same and whose contents are
 * not were damaged; files that were replaced are another model.
 */
final class BaseModelRecord {
  private static final Logger log = LoggerFactory.getLogger(BaseModelRecord.class);

  private BaseModelRecord() {}

  /**
   * Where the record of a model's folder is kept.
   *
   * @param data the data folder
   */
  static Path path(Path data, Path model) throws IOException {
    byte[] name = model.toRealPath().toString().getBytes(StandardCharsets.UTF_8);
    return data.resolve("base-models").resolve(Digests.bytes(MemorySegment.ofArray(name)).hex());
  }

  /**
   * Compares the folder with the last start's record, and writes a new one.
   *
   * @param digest of the model as it is now
   * @throws IllegalStateException if the files were damaged; the record stays
   */
  static void check(Path record, Path model, Digest digest) throws IOException {
    Path folder = model.toRealPath();
    List<String> now = new ArrayList<>();
    now.add(digest.hex());
    now.addAll(files(folder));
    if (Files.exists(record)) {
      compare(folder, record, Files.readAllLines(record), now);
    }
    Files.createDirectories(record.resolveSibling(""));
    Path beside = record.resolveSibling(record.getFileName() + ".new");
    Files.write(beside, now);
    Files.move(beside, record, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void compare(Path folder, Path record, List<String> last, List<String> now) {
    if (last.isEmpty() || last.getFirst().equals(now.getFirst())) {
      return;
    }
    if (last.subList(1, last.size()).equals(now.subList(1, now.size()))) {
      throw new IllegalStateException(
          ("the base model in %s is damaged: its files have the sizes and times of the last start,"
                  + " and other contents (sha256:%s, was sha256:%s). Put its files right; if they"
                  + " were changed on purpose, remove %s")
              .formatted(folder, now.getFirst(), last.getFirst(), record));
    }
    log.warn(
        "the base model in {} is another one than at the last start: sha256:{}, was sha256:{};"
            + " adapters made from that one cannot be loaded",
        folder,
        now.getFirst(),
        last.getFirst());
  }

  /** Name, size and time of each file that counts, a line for each. */
  static List<String> files(Path folder) throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> all = Files.list(folder)) {
      for (Path file : all.filter(BaseModelRecord::isWeightsOrShape).sorted().toList()) {
        lines.add(
            "%d %s %s"
                .formatted(
                    Files.size(file),
                    Files.getLastModifiedTime(file).toInstant(),
                    file.getFileName()));
      }
    }
    return lines;
  }

  private static boolean isWeightsOrShape(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".safetensors") || name.equals("config.json");
  }
}
