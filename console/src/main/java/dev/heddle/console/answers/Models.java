package dev.heddle.console.answers;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a key may call, as OpenAI's clients list it. */
public record Models(List<Entry> data) {
  /** A name, and the version behind it. */
  public record Entry(String id, @Nullable String ownedBy, @Nullable String root) {}
}
