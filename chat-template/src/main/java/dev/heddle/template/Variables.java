package dev.heddle.template;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Names and their values; what is not found here is looked for in the scope around. */
final class Variables {
  private final @Nullable Variables around;
  private @Nullable Map<String, Object> values;

  Variables(@Nullable Variables around) {
    this.around = around;
  }

  void set(String name, Object value) {
    Map<String, Object> own = values;
    if (own == null) {
      own = new HashMap<>();
      values = own;
    }
    own.put(name, value);
  }

  @Nullable Object find(String name) {
    for (Variables scope = this; scope != null; scope = scope.around) {
      Map<String, Object> own = scope.values;
      Object value = own == null ? null : own.get(name);
      if (value != null) {
        return value;
      }
    }
    return null;
  }
}
