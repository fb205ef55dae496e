package dev.heddle.app.api.session;

import dev.heddle.app.request.Fields;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A sign-in to begin.
 *
 * @param next given back when it is done, such as the page to go on to
 */
record NewSignIn(@Schema(maxLength = 500) @Nullable String next) {
  private static final int NEXT_MAX = 500;

  static NewSignIn read(Fields fields) {
    fields.allowOnly("next");
    String next = Objects.requireNonNullElse(fields.string("next"), "");
    if (!next.matches("[\\x20-\\x7e]{0," + NEXT_MAX + "}")) {
      fields.fault("next", "must have at most " + NEXT_MAX + " printable ASCII characters");
    }
    return new NewSignIn(next);
  }

  @Override
  public String next() {
    return next == null ? "" : next;
  }
}
