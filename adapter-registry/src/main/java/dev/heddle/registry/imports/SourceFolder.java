package dev.heddle.registry.imports;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** A folder that an adapter is fetched from, as it was when it was looked at. */
public interface SourceFolder {
  /**
   * One file.
   *
   * @param name within the folder, no path
   */
  record File(String name, long bytes) {}

  /** The files that lie directly in it. */
  List<File> files();

  /** Names of what lies in it and is no file: folders, links to nowhere. */
  List<String> others();

  /** A file's bytes; the caller closes the stream. */
  InputStream open(File file) throws IOException;
}
