package dev.heddle.app.oidc;

import org.jspecify.annotations.Nullable;

/** Error codes that come from outside, as logs and pages may show them. */
final class Words {
  private Words() {}

  /** The code, unless it does not look like one. */
  static String of(@Nullable String code) {
    return code != null && code.matches("[A-Za-z0-9_.-]{1,60}") ? code : "an unreadable error";
  }
}
