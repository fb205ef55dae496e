package dev.heddle.format.testing;

import dev.heddle.format.DType;
import dev.heddle.format.model.ModelShape;
import dev.heddle.format.model.ModelShape.Experts;
import dev.heddle.format.model.ModelShape.Grouped;
import dev.heddle.format.model.ModelShape.Latent;
import dev.heddle.format.model.ModelShape.Linear;
import dev.heddle.format.model.ModelShape.Llama3;
import dev.heddle.format.model.ModelShape.MoeLayers;
import dev.heddle.format.model.ModelShape.Pairs;
import dev.heddle.format.model.ModelShape.QueryKeyNorm;
import dev.heddle.format.model.ModelShape.Rope;
import dev.heddle.format.model.ModelShape.Scaling;
import dev.heddle.format.model.ModelShape.Scoring;
import dev.heddle.format.model.ModelShape.Window;
import dev.heddle.format.model.ModelShape.Yarn;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Small shapes for tests. */
public final class Shapes {
  private Shapes() {}

  /** Two MoE layers after a dense one; 8 routed experts, top 3; 2 shared; bf16. */
  public static ModelShape tiny() {
    return tiny(2);
  }

  /** The same with so many shared experts. */
  public static ModelShape tiny(int shared) {
    return new ModelShape(
        "deepseek_v2",
        DType.BF16,
        96,
        32,
        3,
        2,
        new Latent(0, 16, 8, 4, 8, false),
        48,
        new Experts(8, shared, 16, 3, 1, 1, false, 1, 1, 1),
        new Rope(10000, null),
        1e-6f,
        1e-6f,
        false,
        256,
        0,
        List.of(1));
  }

  /** About as small as a model gets: one MoE layer, 2 routed experts and a shared one. */
  public static ModelShape smallest() {
    return new ModelShape(
        "deepseek_v2",
        DType.BF16,
        4,
        2,
        1,
        1,
        new Latent(0, 2, 2, 2, 2, false),
        2,
        new Experts(2, 1, 2, 1, 1, 1, false, 1, 0, 1),
        new Rope(10000, null),
        1e-6f,
        1e-6f,
        false,
        16,
        0,
        List.of(1));
  }

  /** A shape by chance; over many draws every family comes up, with every branch of it. */
  public static ModelShape random(Random random) {
    List<String> families =
        List.of(
            "deepseek_v2",
            "deepseek_v2",
            "deepseek_v3",
            "glm4_moe",
            "mixtral",
            "olmoe",
            "qwen2_moe",
            "qwen3_moe");
    return random(families.get(random.nextInt(families.size())), random);
  }

  /** A shape of a family by chance. */
  public static ModelShape random(String family, Random random) {
    int layers = 2 + random.nextInt(3);
    int groups = 1 + random.nextInt(2);
    boolean latent = family.startsWith("deepseek");
    int heads = groups * (1 + random.nextInt(latent ? 4 : 3));
    Experts experts = experts(family, layers, random);
    boolean oneWidth = family.equals("mixtral") || family.equals("olmoe");
    ModelShape shape =
        new ModelShape(
            family,
            List.of(DType.BF16, DType.F16, DType.F32).get(random.nextInt(3)),
            40 + random.nextInt(100),
            10 + random.nextInt(60),
            layers,
            heads,
            latent ? latent(random) : grouped(family, groups, layers, random),
            oneWidth ? experts.intermediate() : 10 + random.nextInt(60),
            experts,
            new Rope(
                random.nextBoolean() ? 10000 : 5000,
                latent ? Pairs.NEIGHBOURS : Pairs.HALVES,
                scaling(random)),
            random.nextBoolean() ? 1e-6f : 1e-5f,
            1e-6f,
            random.nextBoolean(),
            256,
            0,
            List.of(1));
    return shape.moeLayers() > 0 ? shape : random(family, random);
  }

  private static @Nullable Scaling scaling(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> new Linear(2 + random.nextInt(8));
      case 1 -> new Llama3(2 + random.nextInt(8), 1, 4, 32);
      case 2, 3 ->
          new Yarn(2 + random.nextInt(8), 32, 32, 1, 0.707, random.nextBoolean() ? 0.707 : 1);
      default -> null;
    };
  }

  private static Latent latent(Random random) {
    return new Latent(
        random.nextBoolean() ? 0 : 6 + random.nextInt(20),
        6 + random.nextInt(30),
        3 + random.nextInt(14),
        2 * (1 + random.nextInt(5)),
        3 + random.nextInt(14),
        random.nextBoolean());
  }

  private static Grouped grouped(String family, int groups, int layers, Random random) {
    Window window = window(family, layers, random);
    int headDim = 4 * (1 + random.nextInt(6));
    boolean bias = random.nextBoolean();
    return switch (family) {
      case "qwen3_moe" ->
          new Grouped(groups, headDim, headDim, QueryKeyNorm.HEAD, bias, bias, window);
      case "olmoe" -> new Grouped(groups, headDim, headDim, QueryKeyNorm.PROJECTION, bias, bias);
      case "qwen2_moe" ->
          new Grouped(groups, headDim, headDim, QueryKeyNorm.NONE, bias, false, window);
      case "mixtral" ->
          new Grouped(groups, headDim, headDim, QueryKeyNorm.NONE, false, false, window);
      default ->
          new Grouped(
              groups,
              headDim,
              headDim / 2,
              random.nextBoolean() ? QueryKeyNorm.HEAD : QueryKeyNorm.NONE,
              bias,
              false);
    };
  }

  private static @Nullable Window window(String family, int layers, Random random) {
    boolean possible = List.of("mixtral", "qwen2_moe", "qwen3_moe").contains(family);
    if (!possible || random.nextBoolean()) {
      return null;
    }
    int step = family.equals("qwen2_moe") ? 2 : 1;
    return new Window(
        1 + random.nextInt(40),
        IntStream.range(0, layers).filter(l -> l % step == 0).boxed().collect(Collectors.toSet()));
  }

  private static Experts experts(String family, int layers, Random random) {
    boolean grouped = family.startsWith("deepseek") || family.equals("glm4_moe");
    int groups = grouped ? 1 << random.nextInt(3) : 1;
    int routed = groups * (2 + random.nextInt(4));
    int topGroups = 1 + random.nextInt(groups);
    int topK = 1 + random.nextInt(Math.min(4, topGroups * (routed / groups)));
    int width = 5 + random.nextInt(30);
    boolean gated = family.equals("qwen2_moe");
    int sharedWidth =
        gated ? 1 + random.nextInt(3 * width) : grouped ? random.nextInt(4) * width : 0;
    int step = layers > 2 && random.nextInt(4) == 0 ? 2 : 1;
    MoeLayers which =
        switch (family) {
          case "mixtral", "olmoe" -> new MoeLayers(0, 1, 0, Set.of());
          case "qwen2_moe", "qwen3_moe" ->
              new MoeLayers(0, step, step - 1, random.nextBoolean() ? Set.of() : Set.of(1));
          default -> new MoeLayers(random.nextInt(layers), step, 0, Set.of());
        };
    boolean sigmoid = family.equals("deepseek_v3") || family.equals("glm4_moe");
    boolean normalize =
        family.equals("mixtral")
            || (random.nextBoolean() && (topK > 1 || !family.equals("deepseek_v2")));
    return new Experts(
        routed,
        Math.ceilDiv(sharedWidth, width),
        sharedWidth,
        gated,
        width,
        topK,
        groups,
        topGroups,
        sigmoid ? Scoring.SIGMOID : Scoring.SOFTMAX,
        normalize,
        grouped && random.nextBoolean() ? 2.5f : 1,
        which);
  }
}
