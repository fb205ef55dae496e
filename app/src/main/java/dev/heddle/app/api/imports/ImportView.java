package dev.heddle.app.api.imports;

import dev.heddle.registry.imports.VersionImport;
import dev.heddle.registry.imports.VersionImport.State;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a version's files come from, and how many have arrived.
 *
 * @param state RUNNING until the version is completed (DONE, whether it is ready or rejected then),
 *     the source could not be read (FAILED) or the version was archived (CANCELLED)
 * @param filesTotal null until the source has been listed, as is {@code bytesTotal}
 * @param skipped names in the source that do not belong to an adapter
 * @param error why it failed
 */
public record ImportView(
    State state,
    String source,
    @Nullable String revision,
    int files,
    @Nullable Integer filesTotal,
    long bytes,
    @Nullable Long bytesTotal,
    List<String> skipped,
    @Nullable String error) {
  static ImportView of(VersionImport imported, int files, long bytes) {
    return new ImportView(
        imported.state(),
        imported.source(),
        imported.revision(),
        files,
        imported.filesTotal(),
        bytes,
        imported.bytesTotal(),
        imported.skipped(),
        imported.error());
  }
}
