package dev.heddle.registry;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is asked for lies in the data folder of another replica, which alone can go on with it; the
 * same request there may work, now or when that replica is back.
 */
public final class ElsewhereException extends RegistryException {
  private final transient @Nullable UUID owner;

  /**
   * @param what e.g. the files of a version
   * @param owner the replica, null if none is known to have it
   * @param name what people call that replica, null if it is not known
   * @param lives whether it can be asked now
   */
  public ElsewhereException(
      String what, @Nullable UUID owner, @Nullable String name, boolean lives) {
    super("upload-elsewhere", what + " " + place(owner, name, lives));
    this.owner = owner;
  }

  private static String place(@Nullable UUID owner, @Nullable String name, boolean lives) {
    if (owner == null) {
      return "lie at no replica that has started; begin another version, and send them again";
    }
    String known = name == null ? owner.toString() : name;
    return lives
        ? "lie at the replica " + known + "; try again, or send the request there"
        : "lie at the replica " + known + ", which is away; try again when it is back";
  }

  /** Id of the replica; null if none is known. */
  public @Nullable UUID owner() {
    return owner;
  }
}
