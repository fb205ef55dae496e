package dev.heddle.registry.postgres;

import dev.heddle.registry.disk.DurableFiles;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Properties;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server's programs, unpacked from the class path once for each version. */
final class PostgresBinaries {
  private static final Logger log = LoggerFactory.getLogger(PostgresBinaries.class);

  // Set whatever the umask is: the server may run as another user than the one who unpacks.
  private static final Set<PosixFilePermission> EXECUTABLE =
      PosixFilePermissions.fromString("rwxr-xr-x");
  private static final Set<PosixFilePermission> READABLE =
      PosixFilePermissions.fromString("rw-r--r--");

  private final Path home;
  private final String version;

  private PostgresBinaries(Path home, String version) {
    this.home = home;
    this.version = version;
  }

  /** Finds the binaries below {@code folder}, unpacking them where they are missing. */
  static PostgresBinaries in(Path folder) throws IOException {
    String version = version();
    Path home = folder.resolve("postgresql-" + version);
    if (!Files.isDirectory(home)) {
      log.info("Unpacking PostgreSQL {} (once)", version);
      Path partial = folder.resolve("unpacking");
      DurableFiles.deleteTree(partial);
      unpack(partial);
      DurableFiles.rename(partial, home);
    }
    return new PostgresBinaries(home, version);
  }

  Path home() {
    return home;
  }

  /** One of the server's programs, e.g. {@code initdb}. */
  String program(String name) {
    return home.resolve("bin").resolve(name).toString();
  }

  /** The version that a data folder has to be of, e.g. {@code 18}. */
  String major() {
    return version.substring(0, version.indexOf('.'));
  }

  private static String version() throws IOException {
    try (InputStream in = PostgresBinaries.class.getResourceAsStream("binaries.properties")) {
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version");
    }
  }

  private static String archive() {
    String architecture = System.getProperty("os.arch");
    return switch (architecture) {
      case "amd64", "x86_64" -> "/postgres-linux-x86_64.txz";
      case "aarch64" -> "/postgres-linux-arm_64.txz";
      default ->
          throw new IllegalStateException(
              "no PostgreSQL is bundled for " + architecture + "; configure an external one");
    };
  }

  private static void unpack(Path target) throws IOException {
    try (InputStream packed = PostgresBinaries.class.getResourceAsStream(archive())) {
      if (packed == null) {
        throw new IllegalStateException(archive() + " is missing from the class path");
      }
      try (TarArchiveInputStream tar =
          new TarArchiveInputStream(
              new XZCompressorInputStream(new BufferedInputStream(packed, 1 << 16)))) {
        for (TarArchiveEntry entry = tar.getNextEntry();
            entry != null;
            entry = tar.getNextEntry()) {
          unpack(tar, entry, target);
        }
      }
    }
  }

  private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path target)
      throws IOException {
    Path file = target.resolve(entry.getName()).normalize();
    if (!file.startsWith(target)) {
      throw new IOException("the archive leaves its folder: " + entry.getName());
    }
    if (entry.isDirectory()) {
      createFolders(file, target);
      return;
    }
    createFolders(file.resolve("..").normalize(), target);
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
      return;
    }
    Files.copy(tar, file);
    Files.setPosixFilePermissions(file, (entry.getMode() & 0100) != 0 ? EXECUTABLE : READABLE);
  }

  private static void createFolders(Path folder, Path target) throws IOException {
    Files.createDirectories(folder);
    for (Path f = folder; f.startsWith(target); f = f.resolve("..").normalize()) {
      Files.setPosixFilePermissions(f, EXECUTABLE);
    }
  }
}
