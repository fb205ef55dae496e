package dev.heddle.app.api.tenants;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.heddle.registry.access.ApiKey;

/**
 * A key that was just made.
 *
 * @param key its text, shown this once
 */
record IssuedKeyView(@JsonUnwrapped KeyView about, String key) {
  static IssuedKeyView of(ApiKey.Issued issued) {
    return new IssuedKeyView(KeyView.of(issued.key()), issued.text());
  }
}
