package dev.heddle.app.api.imports;

import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.imports.Imports;
import dev.heddle.registry.imports.VersionImport;
import dev.heddle.registry.upload.UploadArea;
import dev.heddle.registry.upload.UploadedFile;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Where a version's files come from, with what has come. Blocks on the database. */
@Component
public final class VersionImports {
  private final Imports imports;
  private final UploadArea uploads;

  VersionImports(Imports imports, UploadArea uploads) {
    this.imports = imports;
    this.uploads = uploads;
  }

  /** Null if they come from a client. */
  public @Nullable ImportView of(Version version) {
    VersionImport imported = imports.find(version).orElse(null);
    if (imported == null) {
      return null;
    }
    List<UploadedFile> files = uploads.files(version.id());
    long bytes = files.stream().mapToLong(UploadedFile::bytes).sum();
    return ImportView.of(imported, files.size(), bytes + imports.bytesOfFileAtHand(version.id()));
  }
}
