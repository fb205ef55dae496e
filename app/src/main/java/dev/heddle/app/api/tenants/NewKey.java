package dev.heddle.app.api.tenants;

import dev.heddle.app.request.Fields;
import dev.heddle.registry.access.ApiKeys;
import dev.heddle.registry.access.Scope;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A key to create.
 *
 * @param expiresAt null for a key that does not expire
 */
record NewKey(String label, Set<Scope> scopes, @Nullable Instant expiresAt) {
  static NewKey read(Fields fields) {
    fields.allowOnly("label", "scopes", "expires_at");
    String label = fields.requiredString("label");
    if (!label.isEmpty() && (label.isBlank() || label.length() > ApiKeys.LABEL_LENGTH_MAX)) {
      fields.fault("label", "must have 1 to " + ApiKeys.LABEL_LENGTH_MAX + " characters");
    }
    return new NewKey(label, scopes(fields), expiry(fields));
  }

  private static Set<Scope> scopes(Fields fields) {
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    JsonNode value = fields.find("scopes");
    if (value == null || !value.isArray() || value.isEmpty()) {
      fields.fault("scopes", "must be an array of at least one scope");
      return scopes;
    }
    for (int i = 0; i < value.size() && !fields.isFull(); i++) {
      String text = fields.text("scopes[" + i + "]", value.get(i));
      if (text == null) {
        continue;
      }
      try {
        scopes.add(Scope.of(text));
      } catch (IllegalArgumentException e) {
        fields.fault("scopes[" + i + "]", "must be inference, adapters or admin");
      }
    }
    return scopes;
  }

  private static @Nullable Instant expiry(Fields fields) {
    String text = fields.string("expires_at");
    if (text == null) {
      return null;
    }
    try {
      Instant expiry = Instant.parse(text);
      if (expiry.isBefore(Instant.now())) {
        fields.fault("expires_at", "must not lie in the past");
      }
      return expiry;
    } catch (DateTimeParseException e) {
      fields.fault("expires_at", "must be a time such as 2030-01-31T12:00:00Z");
      return null;
    }
  }
}
