package dev.heddle.app.start;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** What went wrong with a file, in words: the library's messages are often the path alone. */
final class FileFaults {
  private FileFaults() {}

  /** E.g. {@code /srv/heddle: permission denied}. */
  static String text(IOException failure) {
    if (!(failure instanceof FileSystemException file)) {
      return String.valueOf(failure.getMessage());
    }
    String reason = file.getReason();
    if (reason == null) {
      reason =
          switch (file) {
            case AccessDeniedException denied -> "permission denied";
            case NoSuchFileException absent -> "there is no such file or folder";
            case FileAlreadyExistsException there -> "something else has this name";
            case NotDirectoryException other -> "it is not a folder";
            default -> "it cannot be read or written";
          };
    }
    return file.getFile() == null ? reason : file.getFile() + ": " + reason;
  }
}
