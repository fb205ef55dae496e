package dev.heddle.app.upkeep;

import dev.heddle.app.config.HeddleProperties;
import dev.heddle.app.config.PlatformFiles;
import dev.heddle.app.start.CommandSettings;
import dev.heddle.cli.ByteText;
import dev.heddle.cli.Console;
import dev.heddle.registry.backup.Backup;
import dev.heddle.registry.db.OwnerDatabase;
import dev.heddle.registry.disk.PrivateFiles;
import dev.heddle.registry.store.BlobFiles;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code backup}: everything that a platform keeps, in a folder. */
@Command(
    name = "backup",
    description = {
      "Copies the registry, the experts that its versions need, unfinished uploads and secrets to",
      "an empty folder. Takes the settings of serve; a platform may run meanwhile. The folder holds",
      "keys: guard it. The base model is not part of it."
    })
public final class BackupCommand extends UpkeepCommand {
  @Parameters(paramLabel = "DIR", description = "Absent or empty.")
  @SuppressWarnings("NullAway.Init") // picocli sets it: it is required
  private Path target;

  public BackupCommand(Console console) {
    super(console);
  }

  @Override
  int run(CommandSettings settings) throws IOException {
    PrivateFiles.byDefault();
    HeddleProperties properties = require(settings, "data", "database.", "store.");
    if (!PlatformFiles.hasDatabase(properties)) {
      throw new IllegalStateException("there is no database in " + properties.data());
    }
    try (PlatformFiles files = PlatformFiles.open(properties);
        OwnerDatabase db = files.connect();
        BlobFiles store = PlatformFiles.blobs(properties)) {
      Backup.Taken taken = Backup.take(db, store, properties.data(), target);
      console.print(
          "%s: %d rows, %d blobs of %s, %d files of unfinished uploads"
              .formatted(
                  target,
                  taken.manifest().rows(),
                  taken.manifest().blobs(),
                  ByteText.of(taken.manifest().blobBytes()),
                  taken.uploads()));
      if (taken.lost() > 0) {
        console.note(
            taken.lost()
                + " files of unfinished uploads are not in "
                + properties.data()
                + ": whoever restores this has to upload them again");
      }
    }
    return 0;
  }
}
