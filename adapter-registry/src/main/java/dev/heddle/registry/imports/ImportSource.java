package dev.heddle.registry.imports;

import dev.heddle.registry.InvalidException;
import java.io.IOException;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Where folders of one kind come from. Safe for any thread. */
public interface ImportSource {
  /** The scheme of its URIs. */
  String scheme();

  /**
   * Refuses what can be told to be wrong at once.
   *
   * @throws InvalidException naming what is wrong
   */
  void check(URI source, @Nullable String revision);

  /**
   * Looks at a folder.
   *
   * @throws InvalidException if there is none, or it may not be read, which looks the same
   * @throws IOException if it cannot be read now
   */
  SourceFolder open(URI source, @Nullable String revision) throws IOException;
}
