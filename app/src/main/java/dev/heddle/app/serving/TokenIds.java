package dev.heddle.app.serving;

import dev.heddle.app.request.Fields;
import dev.heddle.format.Json;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Token ids as requests spell them. */
final class TokenIds {
  private TokenIds() {}

  /**
   * The ids of an array; null, and one fault, if one of them is none. A list of thousands of wrong
   * ids would say no more.
   */
  static int @Nullable [] read(Fields fields, String place, JsonNode array, int vocabulary) {
    int[] ids = new int[array.size()];
    for (int i = 0; i < ids.length; i++) {
      JsonNode id = Json.integral(array.get(i));
      if (!id.isIntegralNumber()
          || !id.canConvertToInt()
          || id.intValue() < 0
          || id.intValue() >= vocabulary) {
        fields.fault(place + "[" + i + "]", "is not a token id below " + vocabulary);
        return null;
      }
      ids[i] = id.intValue();
    }
    return ids;
  }

  /** The set that a field holds; null if it is absent or faulty. */
  static @Nullable BitSet set(Fields fields, String name, int vocabulary) {
    JsonNode value = fields.find(name);
    if (value == null) {
      return null;
    }
    if (!value.isArray()) {
      fields.fault(name, "must be an array of token ids");
      return null;
    }
    int[] ids = read(fields, name, value, vocabulary);
    if (ids == null) {
      return null;
    }
    BitSet set = new BitSet();
    for (int id : ids) {
      set.set(id);
    }
    return set;
  }
}
