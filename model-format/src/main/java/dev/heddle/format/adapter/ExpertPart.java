package dev.heddle.format.adapter;

import dev.heddle.format.model.ModelTensors;
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
          "(?:model\\.)?layers\\.(0|[1-9][0-9]{0,5})\\.mlp\\."
              + "(?:experts\\.(0|[1-9][0-9]{0,5})|shared_experts)\\.(gate|up|down)_proj\\.weight");

  /** Understands a tensor's name, of either generation; null if it is no expert's. */
  static @Nullable ExpertPart parse(String tensor) {
    Matcher name = NAME.matcher(tensor);
    if (!name.matches()) {
      return null;
    }
    int expert = name.group(2) == null ? SHARED : Integer.parseInt(name.group(2));
    return new ExpertPart(Integer.parseInt(name.group(1)), expert, name.group(3));
  }

  /** The tensor's full name. */
  String tensor() {
    String prefix =
        expert == SHARED ? ModelTensors.shared(layer) : ModelTensors.expert(layer, expert);
    return prefix + matrix + "_proj.weight";
  }
}
