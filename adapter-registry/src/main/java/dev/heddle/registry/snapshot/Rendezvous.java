package dev.heddle.registry.snapshot;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.UUID;

/**
 * Weighted rendezvous hashing: each version draws a number from what is asked and its own id, and
 * the smallest draw, divided by the version's weight, wins. So a version wins by its share of the
 * weights, the same one for the same key, in every process; and when a weight changes, keys move
 * only to or from the version whose weight it is.
 */
final class Rendezvous {
  private static final int DRAW_BITS = 52; // a half more still fits a double exactly

  private Rendezvous() {}

  /**
   * @param choices at least one
   * @param tenant who asks
   * @param stickyKey any text
   */
  static VersionRef pick(List<Weighted> choices, UUID tenant, OwnedName name, String stickyKey) {
    Weighted best = choices.getFirst();
    if (choices.size() > 1) {
      byte[] asked = hashOf(tenant, name, stickyKey);
      double least = Double.POSITIVE_INFINITY;
      for (Weighted choice : choices) {
        double draw = draw(asked, choice.version().id()) / choice.weight();
        if (draw < least) {
          least = draw;
          best = choice;
        }
      }
    }
    return best.version();
  }

  /** Exponentially distributed, over 0. StrictMath has the same result on every machine. */
  private static double draw(byte[] asked, UUID version) {
    MessageDigest sha256 = sha256();
    sha256.update(asked);
    sha256.update(bytes(version));
    long bits = ByteBuffer.wrap(sha256.digest()).getLong() >>> (Long.SIZE - DRAW_BITS);
    return -StrictMath.log((bits + 0.5) * 0x1p-52);
  }

  private static byte[] hashOf(UUID tenant, OwnedName name, String stickyKey) {
    MessageDigest sha256 = sha256();
    sha256.update(bytes(tenant));
    sha256.update(bytes(name.owner()));
    sha256.update(name.name().getBytes(StandardCharsets.UTF_8));
    sha256.update((byte) 0); // no name has it: where the name ends
    return sha256.digest(stickyKey.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] bytes(UUID id) {
    return ByteBuffer.allocate(2 * Long.BYTES)
        .putLong(id.getMostSignificantBits())
        .putLong(id.getLeastSignificantBits())
        .array();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
