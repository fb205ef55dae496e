package dev.heddle.app.tenant;

import java.util.UUID;

/** Hears of every key that is let in. Must return at once. */
public interface KeyUse {
  void used(UUID key);
}
