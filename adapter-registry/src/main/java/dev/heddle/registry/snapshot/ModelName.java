package dev.heddle.registry.snapshot;

import dev.heddle.format.Digest;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A name as requests give it: {@code [OWNER/]NAME[@NUMBER | @sha256:HEX]}.
 *
 * @param owner null for the caller's own
 * @param number null if none is given
 * @param digest null if none is given
 */
record ModelName(
    @Nullable String owner, String name, @Nullable Integer number, @Nullable Digest digest) {
  private static final String NAME = "[a-z0-9][a-z0-9._-]{0,62}";
  private static final Pattern FORM =
      Pattern.compile(
          "(?:(%s)/)?(%s)(?:@(?:([1-9][0-9]{0,8})|sha256:([0-9a-f]{64})))?".formatted(NAME, NAME));

  static Optional<ModelName> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String number = matcher.group(3);
    String digest = matcher.group(4);
    return Optional.of(
        new ModelName(
            matcher.group(1),
            matcher.group(2),
            number == null ? null : Integer.valueOf(number),
            digest == null ? null : new Digest(digest)));
  }

  /** Whether it stands for whatever is published under the name. */
  boolean isPlain() {
    return number == null && digest == null;
  }
}
