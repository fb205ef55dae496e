package dev.heddle.format.testing;

import dev.heddle.format.DType;
import dev.heddle.format.model.ModelShape;
import dev.heddle.format.model.ModelShape.Experts;
import dev.heddle.format.model.ModelShape.Latent;
import dev.heddle.format.model.ModelShape.Rope;
import dev.heddle.format.model.ModelShape.Yarn;
import java.util.List;
import java.util.Random;

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

  /** A shape by chance; over many draws every branch of the family comes up. */
  public static ModelShape random(Random random) {
    int groups = 1 << random.nextInt(3);
    int routed = groups * (2 + random.nextInt(4));
    int topGroups = 1 + random.nextInt(groups);
    int topK = 1 + random.nextInt(Math.min(4, topGroups * (routed / groups)));
    int layers = 2 + random.nextInt(3);
    Experts experts =
        new Experts(
            routed,
            random.nextInt(4),
            5 + random.nextInt(30),
            topK,
            groups,
            topGroups,
            topK > 1 && random.nextBoolean(),
            random.nextBoolean() ? 1 : 2.5f,
            random.nextInt(layers),
            layers > 2 && random.nextInt(4) == 0 ? 2 : 1);
    Latent latent =
        new Latent(
            random.nextBoolean() ? 0 : 6 + random.nextInt(20),
            6 + random.nextInt(30),
            3 + random.nextInt(14),
            2 * (1 + random.nextInt(5)),
            3 + random.nextInt(14),
            random.nextBoolean());
    Yarn yarn =
        random.nextBoolean()
            ? null
            : new Yarn(2 + random.nextInt(8), 32, 32, 1, 0.707, random.nextBoolean() ? 0.707 : 1);
    ModelShape shape =
        new ModelShape(
            "deepseek_v2",
            List.of(DType.BF16, DType.F16, DType.F32).get(random.nextInt(3)),
            40 + random.nextInt(100),
            10 + random.nextInt(60),
            layers,
            1 + random.nextInt(4),
            latent,
            10 + random.nextInt(60),
            experts,
            new Rope(random.nextBoolean() ? 10000 : 5000, yarn),
            random.nextBoolean() ? 1e-6f : 1e-5f,
            1e-6f,
            random.nextBoolean(),
            256,
            0,
            List.of(1));
    return shape.moeLayers() > 0 ? shape : random(random);
  }
}
