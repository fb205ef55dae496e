package dev.heddle.app.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the last start on a data folder has left about a model's folder.
 *
 * @param digest of the model then, in hex; null if no start has read it
 * @param unchanged whether its files have the names, sizes and times that they had then
 */
public record ModelState(@Nullable String digest, boolean unchanged) {
  /** Looks; no weights are read. */
  public static ModelState of(Path data, Path model) throws IOException {
    Path record = BaseModelRecord.path(data, model);
    if (Files.notExists(record)) {
      return new ModelState(null, false);
    }
    List<String> last = Files.readAllLines(record);
    return last.isEmpty()
        ? new ModelState(null, false)
        : new ModelState(
            last.getFirst(),
            last.subList(1, last.size()).equals(BaseModelRecord.files(model.toRealPath())));
  }
}
