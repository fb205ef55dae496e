package dev.heddle.cli.bench;

import dev.heddle.cli.InputException;
import dev.heddle.format.model.ModelShape;
import dev.heddle.model.RandomModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is measured or planned: a model of a folder, or one of a known shape. */
final class Subject {
  private static final Pattern RANDOM =
      Pattern.compile("(lite|small|qwen3-30b|mixtral):([1-9][0-9]?)");

  @Option(names = "--model", paramLabel = "DIR", description = "A base model's folder.")
  @Nullable Path model;

  @Option(
      names = "--random",
      paramLabel = "lite:LAYERS",
      description = {
        "DeepSeek-V2-Lite's shape with so many layers and random weights; small:LAYERS is a",
        "quarter as wide, with the same vocabulary; qwen3-30b:LAYERS and mixtral:LAYERS are",
        "those of Qwen3-30B-A3B and Mixtral-8x7B."
      })
  @Nullable String random;

  /**
   * Checks the folder, where one is named.
   *
   * @throws InputException if it is none
   */
  void requireFolder() {
    if (model != null && !Files.isDirectory(model)) {
      throw new InputException("--model: " + model + " is not a folder");
    }
  }

  /**
   * The shape that {@code --random} names.
   *
   * @throws InputException if there is none of this name
   */
  ModelShape randomShape() {
    Matcher matcher = RANDOM.matcher(random == null ? "" : random);
    if (!matcher.matches()) {
      throw new InputException(
          "--random: '"
              + random
              + "' is not a shape and 1 to 99 layers, such as lite:4; there are lite, small,"
              + " qwen3-30b and mixtral");
    }
    int layers = Integer.parseInt(matcher.group(2));
    return switch (matcher.group(1)) {
      case "lite" -> RandomModel.lite(layers);
      case "small" -> RandomModel.small(layers);
      case "qwen3-30b" -> RandomModel.qwen3(layers);
      default -> RandomModel.mixtral(layers);
    };
  }
}
