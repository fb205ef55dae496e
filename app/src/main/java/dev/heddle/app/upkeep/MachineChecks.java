package dev.heddle.app.upkeep;

import dev.heddle.app.config.HeddleProperties;
import dev.heddle.cli.ByteText;
import dev.heddle.registry.disk.FolderLock;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** The JVM, the data folder, and the disk that it is on. */
final class MachineChecks {
  private static final int JAVA_MIN = 25;
  private static final long FREE_BYTES_MIN = 256L << 20;
  private static final double FREE_SHARE_MIN = 0.05;
  private static final Set<PosixFilePermission> OTHERS =
      EnumSet.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  private MachineChecks() {}

  static Finding java() {
    Runtime.Version version = Runtime.version();
    boolean simd = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    String found = "Java " + version + " on " + System.getProperty("os.arch");
    if (version.feature() < JAVA_MIN || !simd) {
      return Finding.fail(
          "java",
          found + (simd ? "" : ", without the module jdk.incubator.vector"),
          "start by ./heddle, with a JDK " + JAVA_MIN);
    }
    return Finding.ok("java", found);
  }

  static Finding folder(HeddleProperties properties) throws IOException {
    Path data = properties.data();
    if (Files.notExists(data)) {
      return missing(data);
    }
    if (!Files.isDirectory(data)) {
      return Finding.fail("folder", data + " is a file", "set HEDDLE_DATA to a folder");
    }
    if (!Files.isWritable(data) || !Files.isExecutable(data)) {
      return Finding.fail(
          "folder",
          data + " cannot be written by the user " + System.getProperty("user.name"),
          "chown -R it to the user that Heddle runs as");
    }
    Optional<String> holder = FolderLock.holder(data);
    String state = data + holder.map(who -> ", in use by " + who).orElse(", in use by nobody");
    Set<PosixFilePermission> open = EnumSet.copyOf(OTHERS);
    open.retainAll(Files.getPosixFilePermissions(data));
    return open.isEmpty()
        ? Finding.ok("folder", state)
        : Finding.warn(
            "folder",
            state + ", open to others: " + permissions(data),
            "the next start closes it, or: chmod go-rw " + data);
  }

  private static String permissions(Path folder) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(folder));
  }

  private static Finding missing(Path data) {
    Path above = existing(data);
    return Files.isDirectory(above) && Files.isWritable(above)
        ? Finding.ok("folder", data + " is not there yet; the first start makes it")
        : Finding.fail(
            "folder", data + " cannot be made in " + above, "choose another HEDDLE_DATA");
  }

  private static Path existing(Path folder) {
    Path at = folder.toAbsolutePath();
    while (Files.notExists(at) && at.getParent() != null) {
      at = at.getParent();
    }
    return at;
  }

  static Finding disk(HeddleProperties properties) throws IOException {
    FileStore store = Files.getFileStore(existing(properties.data()));
    long free = store.getUsableSpace();
    String state =
        "%s free of %s for %s"
            .formatted(ByteText.of(free), ByteText.of(store.getTotalSpace()), properties.data());
    String action = "make room, or move the data folder to a larger disk";
    if (free < FREE_BYTES_MIN) {
      return Finding.fail("disk", state, action);
    }
    return free < FREE_SHARE_MIN * store.getTotalSpace()
        ? Finding.warn("disk", state, action)
        : Finding.ok("disk", state);
  }
}
