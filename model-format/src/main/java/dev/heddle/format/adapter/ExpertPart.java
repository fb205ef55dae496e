package dev.heddle.format.adapter;

import dev.heddle.format.model.WeightNames;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which matrix of which expert a tensor is.
 *
 * @param expert a routed expert's id, or {@link #SHARED}
 * @param matrix {@code gate}, {@code up} or {@code down}
 */
record ExpertPart(int layer, int expert, String matrix) {
  static final int SHARED = -1;

  private static final Pattern NAME =
      Pattern.compile(
          "(?:model\\.)?layers\\.(0|[1-9][0-9]{0,5})\\.(?:mlp|block_sparse_moe)\\."
              + "(?:experts\\.(0|[1-9][0-9]{0,5})|shared_experts?)\\."
              + "(gate_proj|up_proj|down_proj|w1|w2|w3)\\.weight");

  /** Understands a tensor's name, of any family and generation; null if it is no expert's. */
  static @Nullable ExpertPart parse(String tensor) {
    Matcher name = NAME.matcher(tensor);
    if (!name.matches()) {
      return null;
    }
    int expert = name.group(2) == null ? SHARED : Integer.parseInt(name.group(2));
    return new ExpertPart(Integer.parseInt(name.group(1)), expert, matrix(name.group(3)));
  }

  private static String matrix(String projection) {
    return switch (projection) {
      case "gate_proj", "w1" -> "gate";
      case "up_proj", "w3" -> "up";
      default -> "down";
    };
  }

  /** The tensor's full name in a family. */
  String tensor(WeightNames names) {
    String prefix = expert == SHARED ? names.shared(layer) : names.expert(layer, expert);
    return names.matrix(prefix, matrix);
  }
}
