package dev.heddle.registry.postgres;

import dev.heddle.registry.disk.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's data folder and the password of its owner.
 *
 * @param folder what {@code postgres -D} is given
 * @param ownerPassword of the role {@link #OWNER}
 */
record PostgresData(Path folder, String ownerPassword) {
  /** The role that owns the server. */
  static final String OWNER = "heddle_owner";

  /** Its password's file, beside the data. */
  static final String PASSWORD_FILE = "owner-password";

  private static final Logger log = LoggerFactory.getLogger(PostgresData.class);
  private static final long ORPHAN_LIMIT_SECONDS = 30;
  private static final String PID_FILE = "postmaster.pid";

  /** Of the pid file: process, folder, time, port, and more. */
  private static final int PORT_LINE = 3;

  /**
   * Finds or creates the data below {@code root}, and makes them ready for {@code user}. The caller
   * holds the folder's lock.
   */
  static PostgresData in(Path root, PostgresBinaries binaries, ServerUser user) throws IOException {
    Path folder = root.resolve("data");
    Path passwordFile = root.resolve(PASSWORD_FILE);
    if (!Files.exists(folder.resolve("PG_VERSION"))) {
      DurableFiles.writeSecret(passwordFile, randomPassword());
      initialise(root, folder, passwordFile, binaries, user);
    }
    String major = Files.readString(folder.resolve("PG_VERSION")).strip();
    if (!major.equals(binaries.major())) {
      throw new IllegalStateException(
          folder + " was written by PostgreSQL " + major + ", this is " + binaries.major());
    }
    user.own(folder);
    clearStalePid(folder);
    return new PostgresData(folder, Files.readString(passwordFile));
  }

  /** Creates the data under another name first, so that an interrupted start leaves none. */
  private static void initialise(
      Path root, Path folder, Path passwordFile, PostgresBinaries binaries, ServerUser user)
      throws IOException {
    log.info("Creating the database in {} (once)", folder);
    Path partial = root.resolve("data.new");
    DurableFiles.deleteTree(partial);
    DurableFiles.deleteTree(folder);
    Files.createDirectory(partial);
    Path handedOver = root.resolve("initdb-password"); // initdb reads it as the server's user
    DurableFiles.writeSecret(handedOver, Files.readString(passwordFile));
    user.own(partial);
    user.own(handedOver);
    Commands.run(
        Commands.join(
            user.prefix(),
            List.of(
                binaries.program("initdb"),
                "--pgdata=" + partial,
                "--username=" + OWNER,
                "--auth=scram-sha-256",
                "--pwfile=" + handedOver,
                "--encoding=UTF8",
                "--locale=C",
                "--no-instructions")),
        root.resolve("postgresql.log"));
    Files.delete(handedOver);
    DurableFiles.rename(partial, folder);
  }

  /**
   * A server that outlived a killed Heddle is ended; a pid file that names some other process (a
   * restarted container counts from 1 again) is removed, or the server would refuse to start.
   */
  private static void clearStalePid(Path folder) throws IOException {
    Path file = folder.resolve(PID_FILE);
    if (!Files.exists(file)) {
      return;
    }
    Optional<ProcessHandle> orphan = server(folder, Files.readAllLines(file));
    if (orphan.isPresent()) {
      log.warn("Ending a PostgreSQL (process {}) left by an earlier run", orphan.get().pid());
      Commands.succeeds(List.of(), "sh", "-c", "kill -INT " + orphan.get().pid());
      awaitEnd(orphan.get());
    }
    Files.deleteIfExists(file);
  }

  /** The TCP port of the server that runs on these data; empty if none does. */
  static OptionalInt port(Path folder) throws IOException {
    Path file = folder.resolve(PID_FILE);
    if (!Files.exists(file)) {
      return OptionalInt.empty();
    }
    List<String> lines = Files.readAllLines(file);
    return server(folder, lines).isPresent() && lines.size() > PORT_LINE
        ? OptionalInt.of(Integer.parseInt(lines.get(PORT_LINE).strip()))
        : OptionalInt.empty();
  }

  /** The server that has written these lines to its pid file, if it still runs. */
  private static Optional<ProcessHandle> server(Path folder, List<String> lines) {
    return lines.stream()
        .findFirst()
        .map(Long::parseLong)
        .flatMap(ProcessHandle::of)
        .filter(process -> isServerOf(process, folder));
  }

  private static boolean isServerOf(ProcessHandle process, Path folder) {
    try {
      List<String> command =
          List.of(Files.readString(Path.of("/proc/" + process.pid() + "/cmdline")).split("\0", -1));
      return command.getFirst().endsWith("/postgres") && command.contains(folder.toString());
    } catch (IOException e) {
      return false; // it has just ended
    }
  }

  private static void awaitEnd(ProcessHandle process) throws IOException {
    try {
      process.onExit().get(ORPHAN_LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException(
          "PostgreSQL (process " + process.pid() + ") of an earlier run does not end", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while an earlier PostgreSQL was ending", e);
    } catch (ExecutionException e) {
      throw new IOException(e);
    }
  }

  private static String randomPassword() {
    byte[] bytes = new byte[32];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
