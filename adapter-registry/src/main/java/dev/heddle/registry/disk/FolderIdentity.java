package dev.heddle.registry.disk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Says which database the files of a folder belong to, and which folder it is. Files that a
 * database does not know are deleted, so a folder must never be opened with another database.
 */
public final class FolderIdentity {
  private static final String FILE = "installation";
  private static final String OWN = "replica";

  private FolderIdentity() {}

  /**
   * Marks the folder as this installation's if it has no mark yet. To be called by who has its
   * {@link FolderLock}, before anything in it is touched.
   *
   * @param installation the database's id
   * @throws IllegalStateException if the folder is another installation's; says how to go on
   */
  public static void claim(Path folder, UUID installation) {
    Path file = folder.resolve(FILE);
    try {
      if (Files.notExists(file)) {
        DurableFiles.writeSecret(file, installation + "\n");
        return;
      }
      require(folder.toString(), Files.readString(file, StandardCharsets.US_ASCII), installation);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot use the folder " + folder, e);
    }
  }

  /**
   * The id of the folder itself, made when it is first asked for. To be called by who has its
   * {@link FolderLock}.
   *
   * @throws IllegalStateException if the file that has it is damaged
   */
  public static UUID own(Path folder) {
    Path file = folder.resolve(OWN);
    try {
      if (Files.notExists(file)) {
        DurableFiles.writeSecret(file, UUID.randomUUID() + "\n");
      }
      return UUID.fromString(Files.readString(file, StandardCharsets.US_ASCII).strip());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot use the folder " + folder, e);
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException(
          file + " is damaged; remove it: what this folder owned is another's then", e);
    }
  }

  /**
   * Compares what a place says of whose it is.
   *
   * @param place a folder or a bucket, as an operator knows it
   * @param found what its file {@code installation} contains
   * @throws IllegalStateException if that is another installation
   */
  public static void require(String place, String found, UUID installation) {
    if (found.strip().equals(installation.toString())) {
      return;
    }
    throw new IllegalStateException(
        place
            + " belongs to the installation "
            + found.strip()
            + ", but the database is that of "
            + installation
            + ". Give this database a place of its own, or connect the database that belongs to"
            + " this one. Only if no other database needs what lies there any more: remove its"
            + " file '"
            + FILE
            + "'; whatever this database does not know is deleted then.");
  }
}
