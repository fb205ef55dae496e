package dev.heddle.app.tenant;

import dev.heddle.registry.disk.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * The secret that signs sessions: kept in the data folder with mode 0600, so restarts keep them.
 */
final class SessionSecret {
  private static final int BYTES = 32;

  private SessionSecret() {}

  /** Reads the secret, or makes it at the first start. */
  static byte[] in(Path dataFolder) throws IOException {
    Path file = dataFolder.resolve("session.secret");
    if (!Files.exists(file)) {
      byte[] made = new byte[BYTES];
      new SecureRandom().nextBytes(made);
      DurableFiles.writeSecret(file, HexFormat.of().formatHex(made));
      return made;
    }
    byte[] kept = HexFormat.of().parseHex(Files.readString(file).strip());
    if (kept.length != BYTES) {
      throw new IOException(file + " is no secret of " + BYTES + " bytes; remove it");
    }
    return kept;
  }
}
