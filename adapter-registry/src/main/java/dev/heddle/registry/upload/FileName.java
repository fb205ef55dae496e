package dev.heddle.registry.upload;

import dev.heddle.format.Violations;
import dev.heddle.registry.InvalidException;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Which names a file of an adapter may have: those of an ESFT folder, and nothing else. */
final class FileName {
  private static final int LENGTH_MAX = 200;
  private static final Pattern WEIGHTS =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*\\.safetensors(\\.index\\.json)?");
  private static final Set<String> OTHERS =
      Set.of(
          "expert_cfg.json",
          "golden.json",
          "config.json",
          "generation_config.json",
          "tokenizer.json",
          "tokenizer_config.json",
          "tokenizer.model",
          "special_tokens_map.json",
          "added_tokens.json",
          "vocab.json",
          "merges.txt",
          "chat_template.jinja",
          "README.md",
          "LICENSE");

  private FileName() {}

  /** Whether a file holds tensors, and may be as large as a file may be at all. */
  static boolean isWeights(String name) {
    return name.endsWith(".safetensors");
  }

  /** Whether a name is one of those above. */
  static boolean isKnown(String name) {
    return name.length() <= LENGTH_MAX
        && (WEIGHTS.matcher(name).matches() || OTHERS.contains(name));
  }

  /** Whether a file is neither weights nor an index of them. */
  static boolean isDocument(String name) {
    return OTHERS.contains(name);
  }

  /**
   * Refuses a name, with every reason there is.
   *
   * @throws InvalidException if the name is none of those above
   */
  static void require(String name) {
    Violations violations = new Violations();
    String shown = printable(name);
    if (name.isEmpty() || name.length() > LENGTH_MAX) {
      violations.add("file-name-length", shown, "a name has 1 to " + LENGTH_MAX + " characters");
    }
    if (name.chars().anyMatch(Character::isISOControl)) {
      violations.add("file-name-control", shown, "a name has no control characters");
    }
    if (name.startsWith("/") || name.matches("[A-Za-z]:.*")) {
      violations.add("file-name-absolute", shown, "a name is not an absolute path");
    }
    if (List.of(name.split("[/\\\\]", -1)).contains("..")) {
      violations.add("file-name-parent", shown, "a name does not lead out of its folder");
    }
    if (name.contains("/") || name.contains("\\")) {
      violations.add("file-name-nested", shown, "an adapter's files lie in one folder");
    }
    if (violations.isEmpty() && !isKnown(name)) {
      violations.add(
          "file-name-unknown",
          shown,
          "an adapter has *.safetensors, *.safetensors.index.json and " + sorted());
    }
    InvalidException.throwIfAny(violations.list());
  }

  private static String sorted() {
    return String.join(", ", OTHERS.stream().sorted().toList());
  }

  private static String printable(String name) {
    String shortened = name.length() > LENGTH_MAX ? name.substring(0, LENGTH_MAX) + "…" : name;
    return shortened.replaceAll("\\p{Cntrl}", "?");
  }
}
