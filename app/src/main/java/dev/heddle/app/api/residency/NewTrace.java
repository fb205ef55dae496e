package dev.heddle.app.api.residency;

import dev.heddle.app.request.Fields;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * A text to trace.
 *
 * @param tokenIds 1 to {@value #TOKENS_MAX} tokens of the base model's vocabulary
 */
record NewTrace(List<Integer> tokenIds) {
  static final int TOKENS_MAX = 4096;

  static NewTrace read(Fields fields) {
    fields.allowOnly("token_ids");
    List<Integer> ids = new ArrayList<>();
    JsonNode array = fields.find("token_ids");
    if (array == null || !array.isArray() || array.isEmpty() || array.size() > TOKENS_MAX) {
      fields.fault("token_ids", "must be an array of 1 to " + TOKENS_MAX + " token ids");
      return new NewTrace(ids);
    }
    for (int i = 0; i < array.size(); i++) {
      JsonNode id = array.get(i);
      if (!id.isIntegralNumber() || !id.canConvertToInt() || id.intValue() < 0) {
        fields.fault("token_ids[" + i + "]", "is not a token id");
        return new NewTrace(ids);
      }
      ids.add(id.intValue());
    }
    return new NewTrace(ids);
  }

  int[] ids() {
    return tokenIds.stream().mapToInt(Integer::intValue).toArray();
  }
}
