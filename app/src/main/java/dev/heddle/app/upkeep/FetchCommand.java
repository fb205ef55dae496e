package dev.heddle.app.upkeep;

import dev.heddle.app.config.HeddleProperties;
import dev.heddle.app.config.ImportSettings;
import dev.heddle.app.start.CommandSettings;
import dev.heddle.cli.ByteText;
import dev.heddle.cli.Console;
import dev.heddle.cli.InputException;
import dev.heddle.format.model.SnapshotFolder;
import dev.heddle.registry.InvalidException;
import dev.heddle.registry.disk.DurableFiles;
import dev.heddle.registry.imports.S3Source;
import dev.heddle.registry.imports.SourceFolder;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code fetch}: a base model's files from a bucket or a folder to a folder, once. */
@Command(
    name = "fetch",
    description = {
      "Copies the files of a model's folder. What is there already with the right size is left; a",
      "file has its name only when it is whole, so what broke off is gone on with. The bucket is",
      "reached by the settings heddle.imports.s3.*."
    })
public final class FetchCommand extends UpkeepCommand {
  @Parameters(index = "0", paramLabel = "SOURCE", description = "s3://BUCKET/PREFIX, or a folder.")
  @SuppressWarnings("NullAway.Init") // picocli sets it: it is required
  private String source;

  @Parameters(index = "1", paramLabel = "DIR", description = "Made where it is missing.")
  @SuppressWarnings("NullAway.Init") // picocli sets it: it is required
  private Path target;

  public FetchCommand(Console console) {
    super(console);
  }

  /** A file that is to come. */
  private record Remote(String name, long bytes, Opening opening) {}

  /** Begins to read. */
  private interface Opening {
    InputStream open() throws IOException;
  }

  @Override
  int run(CommandSettings settings) throws IOException {
    HeddleProperties properties = require(settings, "imports.");
    if (source.startsWith("s3://")) {
      fromBucket(properties.imports().s3());
    } else {
      copyAll(folder(Path.of(source)));
    }
    return 0;
  }

  private void fromBucket(ImportSettings.S3 s3) throws IOException {
    URI place = URI.create(source);
    try (S3Source bucket =
        new S3Source(
            new S3Source.Settings(
                Set.of(String.valueOf(place.getRawAuthority())),
                s3.endpoint(),
                s3.region(),
                s3.accessKey(),
                s3.secretKey(),
                s3.waits()))) {
      SourceFolder there = bucket.open(place, null);
      copyAll(
          there.files().stream()
              .map(file -> new Remote(file.name(), file.bytes(), () -> there.open(file)))
              .toList());
    } catch (InvalidException e) {
      throw new InputException(
          source + ": there is no such folder in a bucket, or its key may not read it");
    }
  }

  /** Files that lie directly in a folder, wherever links lead. */
  private static List<Remote> folder(Path given) throws IOException {
    if (!Files.isDirectory(given)) {
      throw new InputException(given + " is not a folder");
    }
    try (Stream<Path> entries = Files.list(SnapshotFolder.of(given))) {
      List<Remote> files = new ArrayList<>();
      for (Path file : entries.filter(Files::isRegularFile).sorted().toList()) {
        files.add(
            new Remote(
                file.getFileName().toString(), Files.size(file), () -> Files.newInputStream(file)));
      }
      return files;
    }
  }

  private void copyAll(List<Remote> files) throws IOException {
    Files.createDirectories(target);
    int there = 0;
    for (Remote file : files) {
      Path copy = target.resolve(file.name());
      if (Files.isRegularFile(copy) && Files.size(copy) == file.bytes()) {
        there++;
        continue;
      }
      console.note("%s, %s".formatted(file.name(), ByteText.of(file.bytes())));
      copy(file, copy);
    }
    console.print("%s: %d files, of which %d were there".formatted(target, files.size(), there));
  }

  private static void copy(Remote file, Path copy) throws IOException {
    Path beside = copy.resolveSibling("." + copy.getFileName() + ".part");
    try (InputStream bytes = file.opening().open()) {
      Files.copy(bytes, beside, StandardCopyOption.REPLACE_EXISTING);
    }
    if (Files.size(beside) != file.bytes()) {
      throw new EOFException(file.name() + ": it came with another size than was announced");
    }
    try (FileChannel channel = FileChannel.open(beside, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    DurableFiles.rename(beside, copy);
  }
}
