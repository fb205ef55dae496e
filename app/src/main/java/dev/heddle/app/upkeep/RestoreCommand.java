package dev.heddle.app.upkeep;

import dev.heddle.app.config.HeddleProperties;
import dev.heddle.app.config.PlatformFiles;
import dev.heddle.app.start.CommandSettings;
import dev.heddle.cli.Console;
import dev.heddle.registry.backup.BackupManifest;
import dev.heddle.registry.backup.Restore;
import dev.heddle.registry.db.OwnerDatabase;
import dev.heddle.registry.disk.PrivateFiles;
import dev.heddle.registry.store.BlobFiles;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code restore}: puts a backup where nothing is. */
@Command(
    name = "restore",
    description = {
      "Puts what backup has copied into an empty database, an empty data folder and the settings'",
      "store of experts, which may have them already. Takes the settings of serve. No platform may",
      "run on them."
    })
public final class RestoreCommand extends UpkeepCommand {
  @Parameters(paramLabel = "DIR", description = "Made by backup.")
  @SuppressWarnings("NullAway.Init") // picocli sets it: it is required
  private Path backup;

  public RestoreCommand(Console console) {
    super(console);
  }

  @Override
  int run(CommandSettings settings) throws IOException {
    PrivateFiles.byDefault();
    HeddleProperties properties = require(settings, "data", "database.", "store.");
    try (PlatformFiles files = PlatformFiles.alone(properties);
        OwnerDatabase db = files.connect();
        BlobFiles store = PlatformFiles.blobs(properties)) {
      BackupManifest restored = Restore.put(db, store, properties.data(), backup);
      console.print(
          "restored: %d rows and %d blobs of %s; start the platform, or look with ./heddle doctor"
              .formatted(restored.rows(), restored.blobs(), restored.takenAt()));
    }
    return 0;
  }
}
