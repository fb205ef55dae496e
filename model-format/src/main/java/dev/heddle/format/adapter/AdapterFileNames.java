package dev.heddle.format.adapter;

import dev.heddle.format.Violation;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which files of a folder are an adapter's: those of an ESFT folder or of a PEFT LoRA, by their
 * names. Whatever else lies there, such as what a training leaves behind, is none of its parts and
 * is left alone.
 */
public final class AdapterFileNames {
  /** Most characters of a name. */
  public static final int LENGTH_MAX = 200;

  private static final Pattern WEIGHTS =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*\\.safetensors(\\.index\\.json)?");
  private static final Pattern LIKE_WEIGHTS =
      Pattern.compile(".*\\.safetensors(\\.index\\.json)?", Pattern.DOTALL);
  private static final Set<String> OTHERS =
      Set.of(
          ExpertConfig.FILE,
          GoldenFile.NAME,
          LoraConfig.FILE,
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

  private AdapterFileNames() {}

  /** Whether a file is a part of an adapter. */
  public static boolean isPart(String name) {
    return name.length() <= LENGTH_MAX
        && (WEIGHTS.matcher(name).matches() || OTHERS.contains(name));
  }

  /** Whether a file holds tensors. */
  public static boolean isWeights(String name) {
    return name.endsWith(".safetensors");
  }

  /** Whether a part is neither weights nor an index of them. */
  public static boolean isDocument(String name) {
    return OTHERS.contains(name);
  }

  /**
   * Whether a file looks like a part that must not be missing, but has another name than it needs:
   * weights or {@code expert_cfg.json}. Such a file is refused rather than left alone.
   */
  public static boolean isMisnamed(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return !isPart(name)
        && (LIKE_WEIGHTS.matcher(lower).matches() || lower.equals(ExpertConfig.FILE));
  }

  /**
   * What is wrong with a name that no part has.
   *
   * @param shown the name, as it may be printed
   */
  public static Violation unknown(String shown) {
    List<String> others = OTHERS.stream().sorted().toList();
    return new Violation(
        "file-name-unknown",
        shown,
        "an adapter has *.safetensors, *.safetensors.index.json and " + String.join(", ", others));
  }
}
